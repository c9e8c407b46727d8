import { Stack } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';

export interface OrdersAtRiskProps {
  readonly merchant: Merchant;
  readonly critical: readonly IAlarm[];
  readonly topic: Topic;
}

/** Name of the composite alarm's article in the runbook. */
export const ORDERS_AT_RISK = 'orders-at-risk';

/**
 * One alarm for the whole merchant, on while any critical alarm is on. It calls once however many follow, so connect the
 * pager to it.
 */
export class OrdersAtRisk extends Construct {
  readonly alarm: CompositeAlarm;

  constructor(scope: Construct, id: string, { merchant, critical, topic }: OrdersAtRiskProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    this.alarm = new CompositeAlarm(this, 'Alarm', {
      compositeAlarmName: `Acopio-${merchant.name}.${ORDERS_AT_RISK}`,
      alarmRule: AlarmRule.anyOf(...critical),
      alarmDescription: [
        `CRITICAL ${merchant.name}: At least one critical alarm is on, so orders are late or may be missing.`,
        'Do first: Open the dashboard and start with the alarm that is first in the path of an order.',
        `Runbook: ${merchant.runbookUrl}#${ORDERS_AT_RISK}`,
        `Look here: https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/Acopio-${merchant.name}`,
      ].join('\n'),
    });
    this.alarm.addAlarmAction(new SnsAction(topic));
    this.alarm.addOkAction(new SnsAction(topic));
  }
}
