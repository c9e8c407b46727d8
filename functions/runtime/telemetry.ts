import type { PlatformName } from '../domain/order.ts';
import { describeError } from './describe-error.ts';
import {
  METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
  type Metrics,
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

/** Metrics as lines of the embedded metric format: one line per platform, because a line has one set of dimensions. */
export function createMetrics({ merchant }: { merchant: string }): FlushedMetrics {
  const stored = new Map<PlatformName, Map<MetricName, number[]>>();

  function write(platform: PlatformName, metrics: ReadonlyMap<MetricName, readonly number[]>): void {
    stored.delete(platform);
    writeLine({
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          {
            Namespace: METRIC_NAMESPACE,
            Dimensions: [METRIC_DIMENSIONS],
            Metrics: [...metrics.keys()].map((Name) => ({ Name, Unit: METRICS[Name] })),
          },
        ],
      },
      merchant,
      platform,
      ...Object.fromEntries(
        [...metrics].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
      ),
    });
  }

  return {
    add(name, platform, value) {
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
