import * as z from 'zod';
import {
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
  UNITS,
  WITH_ZEROS,
} from '../../functions/runtime/metric-names.ts';
import { FREE_PER_MONTH, MONTH_S, USD_PER_MILLION, USD_PER_MONTH } from './prices.ts';

/** A resource of a synthesised template. */
export interface PricedResource {
  readonly id: string;
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** One kind of what an idle deployment is billed for, per month. */
export interface CostLine {
  readonly what:
    | 'series'
    | 'alarms'
    | 'composite'
    | 'dashboards'
    | 'secrets'
    | 'keys'
    | 'polling'
    | 'runs'
    | 'storage';
  readonly count: number;
  readonly usd: number;
  /** The same in an account that uses what AWS gives everybody for nothing for this alone. */
  readonly usdAfterFree: number;
  /** What is counted: names of resources, each with its share in USD. */
  readonly resources: readonly { readonly name: string; readonly usd: number }[];
}

/**
 * What is assumed where a template does not say it. Empty receives: Lambda holds five connections to a queue whose
 * consumers have a bound, and each waits 20 s ("Configuring scaling behavior for SQS event source mappings", Lambda developer
 * guide: fewer only without a bound). Of a run of a schedule in which there is nothing to do the billed time, the units of
 * tables and the bytes of log are estimates, but for what the sweep reads (`sweep`), which a test counts: most of it are queries that
 * find nothing, and AWS takes half a unit for each of an index. Storage: a hundred megabytes of rows with
 * point-in-time recovery.
 */
export const ASSUMED = {
  pollers: 5,
  pollersWithoutBound: 2,
  longPollS: 20,
  run: { billedMs: 100, readUnits: 6, writeUnits: 2, logBytes: 800 },
  sweep: { readUnits: 14.5, writeUnits: 0 },
  storageUsd: 0.05,
} as const;

const MINUTES_A_MONTH = MONTH_S / 60;
const HOURS_A_DAY = 24;
/** What the schedule of the sweep has in its name. */
const SWEEP = 'ScheduleSweep';
/** Metrics that are written once a day while nothing happens. */
const DAILY: ReadonlySet<string> = new Set<MetricName>(['StockCompared']);

const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.unknown()).default([]),
  Period: z.number().default(60),
  TreatMissingData: z.string(),
  Metrics: z.array(z.looseObject({ MetricStat: z.unknown().optional() })).optional(),
});
const mappingSchema = z.looseObject({
  EventSourceArn: z
    .looseObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .optional()
    .catch(undefined),
  ScalingConfig: z.looseObject({ MaximumConcurrency: z.number() }).optional(),
});
const scheduleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  Target: z.looseObject({ Arn: z.looseObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }) }),
});
const functionSchema = z.looseObject({
  MemorySize: z.number(),
  TracingConfig: z.looseObject({ Mode: z.string() }).optional(),
});

/**
 * What a deployment costs each month in which nobody orders anything: a pure function of its templates, the prices and what
 * is assumed. Free of charge are its tables' streams that Lambda reads, its HTTP APIs that nobody calls, its topic, its
 * policies and its saved queries.
 */
export function idleCost(resources: readonly PricedResource[]): CostLine[] {
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  const each = (type: string, usd: number) => of(type).map(({ id }) => ({ name: id, usd }));
  const alarms = of('AWS::CloudWatch::Alarm').map(({ Properties }) => alarmSchema.parse(Properties));
  const free = FREE_PER_MONTH;
  const million = USD_PER_MILLION;
  const queues = pollingOf(
    of('AWS::Lambda::EventSourceMapping'),
    new Set(of('AWS::SQS::Queue').map(({ id }) => id)),
  );
  return [
    line('alarms', alarms.map(priceOfAlarm), free.alarmMetrics * USD_PER_MONTH.alarmMetric),
    line('composite', each('AWS::CloudWatch::CompositeAlarm', USD_PER_MONTH.compositeAlarm)),
    line('series', alarms.flatMap(idleSeries), free.series * USD_PER_MONTH.series),
    line(
      'dashboards',
      each('AWS::CloudWatch::Dashboard', USD_PER_MONTH.dashboard),
      free.dashboards * USD_PER_MONTH.dashboard,
    ),
    line('secrets', each('AWS::SecretsManager::Secret', USD_PER_MONTH.secret)),
    line('keys', each('AWS::KMS::Key', USD_PER_MONTH.key)),
    line('polling', queues, (free.queueRequests * million.queueRequest) / 1e6),
    runsLine(of('AWS::Scheduler::Schedule'), of('AWS::Lambda::Function')),
    line(
      'storage',
      of('AWS::DynamoDB::Table').length > 0 ? [{ name: 'tables', usd: ASSUMED.storageUsd }] : [],
    ),
  ];
}

export const together = (lines: readonly CostLine[], after: 'usd' | 'usdAfterFree' = 'usd'): number =>
  lines.reduce((all, one) => all + one[after], 0);

function line(what: CostLine['what'], resources: CostLine['resources'], freeUsd = 0): CostLine {
  const usd = resources.reduce((all, one) => all + one.usd, 0);
  return { what, count: resources.length, usd, usdAfterFree: Math.max(0, usd - freeUsd), resources };
}

function priceOfAlarm({ AlarmName: name, Metrics, Period }: z.output<typeof alarmSchema>) {
  const metrics = Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  return { name, usd: metrics * (Period < 60 ? USD_PER_MONTH.fastAlarmMetric : USD_PER_MONTH.alarmMetric) };
}

/**
 * The series that are written to while nothing happens: a zero, or a run that ended. A series that nobody watches has no zero;
 * an alarm that keeps its state while data are missing needs one to end, every other counts its absence.
 */
function idleSeries({
  Namespace,
  MetricName: name = '',
  Dimensions,
  TreatMissingData,
  AlarmName,
}: z.output<typeof alarmSchema>) {
  if (Namespace !== METRIC_NAMESPACE || !(name in METRICS)) return [];
  const metric = name as MetricName;
  const usd = USD_PER_MONTH.series;
  const title = `${name} of ${AlarmName.split('.').at(-2)}`;
  if (DAILY.has(name)) return [{ name: title, usd: usd / HOURS_A_DAY }];
  const measures = UNITS[metric] !== undefined;
  const endsItself = name === 'PlatformPaused' && TreatMissingData !== 'ignore';
  return WITH_ZEROS.has(metric) && !measures && !endsItself && Dimensions.length > 0
    ? [{ name: title, usd }]
    : [];
}

function pollingOf(mappings: readonly PricedResource[], queues: ReadonlySet<string>) {
  return mappings.flatMap(({ Properties }) => {
    const { EventSourceArn, ScalingConfig } = mappingSchema.parse(Properties);
    const queue = EventSourceArn?.['Fn::GetAtt'][0] ?? '';
    if (!queues.has(queue)) return [];
    const pollers = ScalingConfig === undefined ? ASSUMED.pollersWithoutBound : ASSUMED.pollers;
    const receives = (pollers * MONTH_S) / ASSUMED.longPollS;
    return [{ name: queue, usd: (receives * USD_PER_MILLION.queueRequest) / 1e6 }];
  });
}

function runsLine(schedules: readonly PricedResource[], functions: readonly PricedResource[]): CostLine {
  const runs = schedules.map(({ id, Properties }) => {
    const { ScheduleExpression, Target } = scheduleSchema.parse(Properties);
    const target = functions.find((one) => one.id === Target.Arn['Fn::GetAtt'][0]);
    const { MemorySize, TracingConfig } = functionSchema.parse(target?.Properties);
    const count = MINUTES_A_MONTH / minutesBetween(ScheduleExpression);
    const { readUnits, writeUnits } = id.includes(SWEEP) ? ASSUMED.sweep : ASSUMED.run;
    const traced = TracingConfig?.Mode === 'Active';
    return { name: id, count, gigabytes: MemorySize / 1024, traced, readUnits, writeUnits };
  });
  const { billedMs, logBytes } = ASSUMED.run;
  const free = { runs: 0, seconds: 0 };
  const resources = runs.map(({ name, count, gigabytes, traced, readUnits, writeUnits }) => {
    const seconds = (gigabytes * billedMs) / 1000;
    free.runs += count;
    free.seconds += count * seconds;
    const perRun =
      USD_PER_MILLION.scheduledRun +
      USD_PER_MILLION.lambdaRequest +
      seconds * USD_PER_MILLION.lambdaGigabyteSecond +
      readUnits * USD_PER_MILLION.readUnit +
      writeUnits * USD_PER_MILLION.writeUnit +
      logBytes * USD_PER_MILLION.logByte +
      (traced ? USD_PER_MILLION.trace : 0);
    return { name, usd: (count * perRun) / 1e6 };
  });
  const freeUsd =
    (Math.min(free.runs, FREE_PER_MONTH.scheduledRuns) * USD_PER_MILLION.scheduledRun +
      Math.min(free.runs, FREE_PER_MONTH.lambdaRequests) * USD_PER_MILLION.lambdaRequest +
      Math.min(free.seconds, FREE_PER_MONTH.lambdaGigabyteSeconds) * USD_PER_MILLION.lambdaGigabyteSecond) /
    1e6;
  return line('runs', resources, freeUsd);
}

/** Minutes from one run of a schedule to the next. @throws Error for an expression that is neither a rate nor daily */
function minutesBetween(expression: string): number {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(expression) ?? [];
  if (minutes !== undefined) return Number(minutes);
  if (/^cron\(\d+ \d+ \* \* \? \*\)$/.test(expression)) return HOURS_A_DAY * 60;
  throw new Error(`the price of a schedule "${expression}" is not known`);
}
