import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  type Metric,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';
import type { MetricName, SharedMetric } from '../../functions/runtime/metric-names.ts';
import { ownMetric } from '../alarms/registry.ts';
import { ordersAtRiskName } from './orders-at-risk.ts';
import type { PlatformChannel } from './platform-channel.ts';

export interface MerchantDashboardProps {
  readonly merchant: Merchant;
  readonly channels: readonly PlatformChannel[];
  readonly alarmNames: readonly string[];
}

const WIDTH = 24;
const HEIGHT = 6;
/** A widget of alarms shows no more. */
const ALARMS_PER_WIDGET = 100;

/**
 * One page for the person on call: the state of every alarm, then what the shop cares for, with all platforms in each graph,
 * then the plumbing of each platform, in the order its orders take.
 *
 * AWS shows dashboards of up to 50 metrics for nothing; a test holds the page of three platforms to that.
 */
export class MerchantDashboard extends Construct {
  private readonly merchant: Merchant;

  constructor(scope: Construct, id: string, { merchant, channels, alarmNames }: MerchantDashboardProps) {
    super(scope, id);
    this.merchant = merchant;
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `Acopio-${merchant.name}`,
      defaultInterval: Duration.days(1),
    });
    for (const widget of this.alarms([ordersAtRiskName(merchant), ...alarmNames]))
      dashboard.addWidgets(widget);
    dashboard.addWidgets(new Row(...this.business(channels)));
    for (const channel of channels) {
      dashboard.addWidgets(
        new TextWidget({ markdown: `## ${channel.platform.title}`, width: WIDTH, height: 1 }),
        new Row(...this.plumbing(channel)),
      );
    }
  }

  /** By name instead of by reference: a reference would be an export, and would keep the alarm from being dropped. */
  private alarms(names: readonly string[]): IWidget[] {
    const alarms = names.map((name) => {
      const [service, resource] = ['cloudwatch', 'alarm'];
      const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
      const arn = Stack.of(this).formatArn({ service, resource, resourceName: name, arnFormat });
      return Alarm.fromAlarmArn(this, name, arn);
    });
    const widgets = Math.ceil(alarms.length / ALARMS_PER_WIDGET);
    return Array.from({ length: widgets }, (_, index) => {
      const shown = alarms.slice(index * ALARMS_PER_WIDGET, (index + 1) * ALARMS_PER_WIDGET);
      return new AlarmStatusWidget({ title: 'Alarms', alarms: shown, width: WIDTH, height: HEIGHT });
    });
  }

  private business(channels: readonly PlatformChannel[]): IWidget[] {
    const hourly = { period: Duration.hours(1) };
    const ofEach = (name: MetricName, statistic: string, what = '') =>
      channels.map(({ platform }) =>
        ownMetric(this.merchant, platform.name, name, { statistic, label: `${platform.title}${what}` }),
      );
    const ofAll = (name: MetricName | SharedMetric, statistic: string, label: string) =>
      ownMetric(this.merchant, undefined, name, { statistic, label });
    return graphs(WIDTH / 4, {
      'New orders per hour': ofEach('OrderCreated', 'Sum').map((metric) => metric.with(hourly)),
      'Seconds from platform to row': [
        ...ofEach('OrderLagSeconds', 'p95', ': most'),
        ofAll('MessageAgeSeconds', 'Maximum', 'the oldest'),
      ],
      'What waits for a person': [
        ofAll('NeedsAttention', 'Sum', 'needs attention'),
        ofAll('OrdersEndangered', 'Sum', 'orders endangered'),
      ],
      'Platforms that nobody can call': [
        ...ofEach('PlatformPaused', 'Maximum', ': paused'),
        ...ofEach('NotConnected', 'Maximum', ': not connected'),
      ],
    });
  }

  /** Arrival, queue, what waits, calls: left to right as an order travels. */
  private plumbing({ platform, intake, arrivals }: PlatformChannel): IWidget[] {
    const ours = (name: MetricName, statistic = 'Sum'): Metric =>
      ownMetric(this.merchant, platform.name, name, { statistic, label: name });
    return graphs(WIDTH / 4, {
      Arrivals: arrivals.map((name) => ours(name)),
      Queue: [
        intake.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label: 'waiting' }),
        intake.deadLetters.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
          label: 'dead-letter messages',
        }),
      ],
      'Sent again': [ours('MessageWaited'), ours('MessageRetried')],
      'Percent of the limit': platform.deployment.tellsBucketFill
        ? [ours('BucketFillPercent', 'Average')]
        : [],
    });
  }
}

const graphs = (width: number, metrics: Readonly<Record<string, Metric[]>>): IWidget[] =>
  Object.entries(metrics)
    .filter(([, left]) => left.length > 0)
    .map(([title, left]) => new GraphWidget({ title, left, width, height: HEIGHT }));
