import type { PlatformName } from '../domain/order.ts';
import { describeError } from './describe-error.ts';
import {
  METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
  type Metrics,
  SHARED_METRICS,
  UNITS,
  WITH_ZEROS,
} from './metric-names.ts';

/** Fields of a log line: ids, counts, names and states. Never personal data, never a body, never a secret. */
export type LogFields = Record<string, string | number | boolean | undefined | readonly string[]>;

/** What the work may say; the Lambda entry points hand in one that writes JSON lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log of one function: what belongs on each line of one call is set when the call begins. */
export interface FunctionLog extends Log {
  begin(fields: LogFields): void;
}

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type Level = (typeof LEVELS)[number];

// Not by the console: Lambda wraps what that is told.
const writeLine = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** A log that writes one JSON line per call to standard output, with the function's name on each. */
export function createLog({
  service,
  level,
  merchant,
}: {
  service: string;
  level: Level;
  merchant: string;
}): FunctionLog {
  let ofCall: LogFields = {};
  const at =
    (own: Level) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(own) < LEVELS.indexOf(level)) return;
      const timestamp = new Date().toISOString();
      writeLine({ level: own, message, timestamp, service, merchant, ...ofCall, ...safe(fields) });
    };
  return {
    begin(fields) {
      ofCall = { ...fields };
    },
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
  };
}

/** A type is no promise at run time: of an error that is handed in, neither message nor stack is written. */
const safe = (fields: LogFields): LogFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Error ? describeError(value) : value,
    ]),
  ) as LogFields;

/** Metrics that are written as log lines (embedded metric format) when `flush` is called at the end of an invocation. */
export interface FlushedMetrics extends Metrics {
  flush(): void;
}

/** Values of one metric in a line. (CloudWatch user guide, "Specification: embedded metric format".) */
const MOST_VALUES = 100;

type Values = ReadonlyMap<MetricName, readonly number[]>;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** What a line says of metrics: single values of those that are series, of all others how many there were. */
function fieldsOf(metrics: Values): Record<string, number | readonly number[] | undefined> {
  return Object.fromEntries(
    [...metrics].map(([name, values]) => {
      const isSeries = METRICS[name] in METRIC_DIMENSIONS;
      return [name, isSeries && values.length > 1 ? values : sum(values)];
    }),
  );
}

/** How many of a shared series there are. */
function sharesOf(metrics: Values): Record<string, number> {
  const counted = SHARED_METRICS.map((shared): [string, number] => [
    shared,
    sum([...metrics].flatMap(([name, values]) => (METRICS[name] === shared ? values : []))),
  ]);
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

/** What CloudWatch is to make series of, by their dimensions. */
function directivesOf(metrics: Values, shares: Record<string, number>): object[] {
  const named = (kept: string) =>
    [...metrics.keys()]
      .filter((name) => METRICS[name] === kept)
      .map((name) => ({ Name: name as string, Unit: UNITS[name] ?? 'Count' }));
  const shared = Object.keys(shares).map((Name) => ({ Name, Unit: 'Count' }));
  const series = { byPlatform: named('byPlatform'), byMerchant: [...named('byMerchant'), ...shared] };
  return (['byPlatform', 'byMerchant'] as const)
    .map((kept) => ({
      Namespace: METRIC_NAMESPACE,
      Dimensions: [METRIC_DIMENSIONS[kept]],
      Metrics: series[kept],
    }))
    .filter(({ Metrics }) => Metrics.length > 0);
}

/**
 * Metrics as one line of the log per platform, in the embedded metric format where there are series to be made of it.
 * Zeros that no alarm needs are left out.
 */
export function createMetrics({ merchant }: { merchant: string }): FlushedMetrics {
  const stored = new Map<PlatformName, Map<MetricName, number[]>>();

  function write(platform: PlatformName, metrics: Values): void {
    stored.delete(platform);
    const shares = sharesOf(metrics);
    const CloudWatchMetrics = directivesOf(metrics, shares);
    writeLine({
      ...(CloudWatchMetrics.length === 0 ? {} : { _aws: { Timestamp: Date.now(), CloudWatchMetrics } }),
      merchant,
      platform,
      ...fieldsOf(metrics),
      ...shares,
    });
  }

  return {
    add(name, platform, value) {
      if (value === 0 && !WITH_ZEROS.has(name)) return;
      const metrics = stored.get(platform) ?? new Map<MetricName, number[]>();
      const values = metrics.get(name) ?? [];
      values.push(value);
      metrics.set(name, values);
      stored.set(platform, metrics);
      if (values.length >= MOST_VALUES) write(platform, metrics);
    },
    flush() {
      for (const [platform, metrics] of stored) write(platform, metrics);
    },
  };
}
