import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  type IAlarmRule,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import {
  METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
  SHARED_METRICS,
  type SharedMetric,
} from '../../functions/runtime/metric-names.ts';
import { ALARMS, type AlarmName } from './catalogue.ts';
import type { AlarmDefinition, Watched, Window } from './definition.ts';

/** Pages of the AWS console, for alarm texts. The region must be known when the stack is synthesized. */

export const consoleOf = (region: string, service: string): string =>
  `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#`;

/** A queue's page: its messages, and how to poll or redrive them. */
export function queueLink(queue: Queue): string {
  const { region, account } = Stack.of(queue);
  const url = ['https:', '', `sqs.${region}.amazonaws.com`, account, queue.queueName];
  return `${consoleOf(region, 'sqs/v3')}/queues/${url.join('%2F').replace(':', '%3A')}`;
}

/** A function's page with its graphs and logs. */
export function functionLink(lambda: LambdaFunction): string {
  return `${consoleOf(Stack.of(lambda).region, 'lambda')}/functions/${lambda.functionName}?tab=monitoring`;
}

const MISSING = {
  notBreaching: TreatMissingData.NOT_BREACHING,
  ignore: TreatMissingData.IGNORE,
  tells: TreatMissingData.MISSING,
} as const;

interface Raised {
  readonly name: AlarmName;
  readonly platform: PlatformName | undefined;
  readonly definition: AlarmDefinition;
  readonly alarmName: string;
  readonly alarm: Alarm;
}

export interface AlarmSubject {
  /** What the alarm is about: with the kind of alarm, unique within the merchant. Part of the alarm's name. */
  readonly subject: string;
  /** Dimension of our own metrics; absent for what serves several platforms. */
  readonly platform?: PlatformName;
  /** The metric of the resource, for alarms on metrics that AWS emits. */
  readonly metric?: Metric;
  /** Where to look in the console. The alarm's own page, which shows its metric, when absent. */
  readonly link?: string;
  /** Where the merchant's configuration sets the window. */
  readonly window?: Window;
  /** Where the merchant's configuration sets it, in the unit of the metric. */
  readonly threshold?: number;
  /** Where what is watched sets it. */
  readonly missing?: AlarmDefinition['missing'];
}

const isSharedMetric = (name: string): name is SharedMetric => SHARED_METRICS.some((one) => one === name);

/** Which dimensions the series of a metric has. @throws Error for one that has none */
export function keptBy(name: MetricName | SharedMetric): keyof typeof METRIC_DIMENSIONS {
  if (isSharedMetric(name)) return 'byMerchant';
  const kept = METRICS[name];
  if (kept === 'byPlatform' || kept === 'byMerchant') return kept;
  throw new Error(`${name} is no series of its own, so nothing can watch it: it is kept as ${kept}`);
}

/** One of the metrics that our functions emit, with exactly the dimensions they emit it with. */
export function ownMetric(
  merchant: Merchant,
  platform: PlatformName | undefined,
  metricName: MetricName | SharedMetric,
  options: MetricOptions = {},
): Metric {
  const values = { merchant: merchant.name, platform };
  const dimensionsMap = Object.fromEntries(
    METRIC_DIMENSIONS[keptBy(metricName)].map((name) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${metricName} is kept by platform, and none is named`);
      return [name, value];
    }),
  );
  return new Metric({ ...options, namespace: METRIC_NAMESPACE, metricName, dimensionsMap });
}

/** The one way to raise an alarm: each gets its text, its runbook article and the topic that reaches a person. */
export class AlarmRegistry {
  private readonly raised: Raised[] = [];
  private readonly merchant: Merchant;
  private readonly topic: Topic;

  constructor(merchant: Merchant, topic: Topic) {
    this.merchant = merchant;
    this.topic = topic;
  }

  raise(scope: Construct, name: AlarmName, about: AlarmSubject): void {
    const definition: AlarmDefinition = ALARMS[name];
    const { periodMinutes, periods } = about.window ?? definition;
    const { breach } = definition;
    const alarmName = `Acopio-${this.merchant.name}.${about.subject}.${name}`;
    const below = 'below' in breach;
    const alarm = new Alarm(scope, name, {
      alarmName,
      alarmDescription: this.textOf(name, definition, about, alarmName),
      metric: this.metricOf(definition.watched, about).with({
        period: Duration.minutes(periodMinutes),
        statistic: definition.watched.statistic,
      }),
      threshold: about.threshold ?? (below ? breach.below : breach.atLeast),
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: definition.breaching ?? periods,
      treatMissingData: MISSING[about.missing ?? definition.missing],
    });
    const mail = new SnsAction(this.topic);
    alarm.addAlarmAction(mail);
    if (definition.missing === 'tells') alarm.addInsufficientDataAction(mail);
    if (definition.tellsEnd) alarm.addOkAction(mail);
    this.raised.push({ name, platform: about.platform, definition, alarmName, alarm });
  }

  get names(): string[] {
    return this.raised.map(({ alarmName }) => alarmName);
  }

  /** For each critical alarm, when it is on. */
  critical(): IAlarmRule[] {
    return this.raised
      .filter(({ definition }) => definition.severity === 'critical')
      .map((raised) => this.isOn(raised));
  }

  /**
   * An alarm that tells of silence is silent from its creation. It counts once the platform was connected, which the alarm
   * on its circuit knows: that one has no state before a connected store was checked, and keeps its state ever after.
   */
  private isOn({ definition, alarm, platform }: Raised): IAlarmRule {
    if (definition.missing !== 'tells') return AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
    const circuit = this.raised.find((one) => one.name === 'platform-paused' && one.platform === platform);
    if (circuit === undefined)
      throw new Error(`${alarm.node.path} has no alarm beside it that knows of a connection`);
    return AlarmRule.allOf(
      AlarmRule.fromAlarm(alarm, AlarmState.INSUFFICIENT_DATA),
      AlarmRule.fromAlarm(circuit.alarm, AlarmState.OK),
    );
  }

  private metricOf(watched: Watched, about: AlarmSubject): Metric {
    if ('aws' in watched) {
      if (about.metric?.metricName === watched.aws) return about.metric;
      throw new Error(`an alarm on ${watched.aws} needs that metric of its resource`);
    }
    return ownMetric(this.merchant, about.platform, watched.ours);
  }

  private textOf(
    name: AlarmName,
    definition: AlarmDefinition,
    about: AlarmSubject,
    alarmName: string,
  ): string {
    const { name: merchant, region, runbookUrl } = this.merchant;
    const alarmPage = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${alarmName}`;
    const text = [
      `${definition.severity.toUpperCase()} ${merchant}, ${about.subject}: ${definition.happened}`,
      `Do first: ${definition.firstStep.replaceAll('npx acopio', `npx acopio --merchant ${merchant}`)}`,
      `Runbook: ${runbookUrl}#${name}`,
      `Look here: ${about.link ?? alarmPage}`,
    ].join('\n');
    return text;
  }
}
