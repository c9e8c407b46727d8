import { ArnFormat, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Merchant } from '../config/merchant.ts';
import { CostBudget } from './constructs/cost-budget.ts';
import { MerchantDashboard } from './constructs/merchant-dashboard.ts';
import { OrdersAtRisk } from './constructs/orders-at-risk.ts';
import type { DataStack } from './data-stack.ts';
import type { IntegrationStack } from './integration-stack.ts';

export interface OperationsStackProps extends StackProps {
  readonly merchant: Merchant;
  readonly data: DataStack;
  readonly integration: IntegrationStack;
}

/** What looks at the whole: dashboard, composite alarm, budget. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, props);
    const { merchant, data, integration } = props;
    // CloudWatch refuses a composite alarm whose members are not there yet.
    this.addStackDependency(integration);
    const { raised } = integration.alarms;
    const byName = new Map(raised.map(({ alarmName }) => [alarmName, this.alarmNamed(alarmName)]));
    const alarmsOf = (some: typeof raised): IAlarm[] =>
      some.flatMap(({ alarmName }) => byName.get(alarmName) ?? []);

    const { alarm } = new OrdersAtRisk(this, 'OrdersAtRisk', {
      merchant,
      critical: alarmsOf(raised.filter(({ severity }) => severity === 'critical')),
      topic: data.alarmTopic.topic,
    });
    new MerchantDashboard(this, 'Dashboard', {
      merchant,
      channels: integration.channels,
      alarms: [alarm, ...alarmsOf(raised)],
    });
    new CostBudget(this, 'Cost', merchant);
  }

  /**
   * An alarm by its name instead of by reference: a reference would be an export, and CloudFormation would then not let
   * the integration stack drop an alarm.
   */
  private alarmNamed(name: string): IAlarm {
    const arn = this.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return Alarm.fromAlarmArn(this, name, arn);
  }
}
