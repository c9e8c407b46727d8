import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IWidget,
  type Metric,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';
import type { MetricName } from '../../functions/runtime/metric-names.ts';
import { ownMetric } from '../alarms/registry.ts';
import type { PlatformChannel } from './platform-channel.ts';

export interface MerchantDashboardProps {
  readonly merchant: Merchant;
  readonly channels: readonly PlatformChannel[];
  readonly alarms: readonly IAlarm[];
}

const WIDTH = 24;
const HEIGHT = 6;

/** One page for the person on call: the state of every alarm, then a row for each platform, in the order its orders take. */
export class MerchantDashboard extends Construct {
  private readonly merchant: Merchant;

  constructor(scope: Construct, id: string, props: MerchantDashboardProps) {
    super(scope, id);
    this.merchant = props.merchant;
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `Acopio-${props.merchant.name}`,
      defaultInterval: Duration.days(1),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: WIDTH, height: HEIGHT }),
    );
    for (const channel of props.channels) {
      dashboard.addWidgets(
        new TextWidget({ markdown: `## ${channel.platform.title}`, width: WIDTH, height: 1 }),
        new Row(...this.rowOf(channel)),
      );
    }
  }

  /** Arrival, queue, outcome, delay: left to right as an order travels. */
  private rowOf({ platform, intake, arrivals }: PlatformChannel): IWidget[] {
    const ours = (name: MetricName, statistic: string): Metric =>
      ownMetric(this.merchant, platform.name, name, { statistic, label: name });
    const graphs: Record<string, Metric[]> = {
      Arrivals: arrivals.map((name) => ours(name, 'Sum')),
      Queue: [
        intake.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label: 'waiting' }),
        intake.deadLetters.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
          label: 'dead-letter messages',
        }),
      ],
      Orders: [ours('OrderCreated', 'Sum'), ours('OrderUpdated', 'Sum'), ours('OrderNeedsReview', 'Sum')],
      'Seconds from receipt': [ours('OrderLagSeconds', 'p95'), ours('MessageAgeSeconds', 'Maximum')],
    };
    return Object.entries(graphs).map(
      ([title, left]) => new GraphWidget({ title, left, width: WIDTH / 4, height: HEIGHT }),
    );
  }
}
