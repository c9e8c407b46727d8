import { Stack } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';

export interface OrdersAtRiskProps {
  readonly merchant: Merchant;
  /** One for each critical alarm: it is on. */
  readonly critical: readonly IAlarmRule[];
  readonly topic: Topic;
}

/** Name of the composite alarm's article in the runbook. */
export const ORDERS_AT_RISK = 'orders-at-risk';

export const ordersAtRiskName = (merchant: Pick<Merchant, 'name'>): string =>
  `Acopio-${merchant.name}.${ORDERS_AT_RISK}`;

/**
 * One alarm for the whole merchant, on while any critical alarm is on. It calls once however many follow, so connect the
 * pager to it.
 *
 * It stands in the stack of its members and refers to them. CloudWatch refuses to delete an alarm that a composite alarm
 * names; within one stack CloudFormation changes the rule first and deletes afterwards, so a release may drop an alarm.
 */
export class OrdersAtRisk extends Construct {
  constructor(scope: Construct, id: string, { merchant, critical, topic }: OrdersAtRiskProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    const alarm = new CompositeAlarm(this, 'Alarm', {
      compositeAlarmName: ordersAtRiskName(merchant),
      alarmRule: AlarmRule.anyOf(...critical),
      alarmDescription: [
        `CRITICAL ${merchant.name}: At least one critical alarm is on, so orders are late or may be missing.`,
        'Do first: Open the dashboard and start with the alarm that is first in the path of an order.',
        `Runbook: ${merchant.runbookUrl}#${ORDERS_AT_RISK}`,
        `Look here: https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/Acopio-${merchant.name}`,
      ].join('\n'),
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }
}
