import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics as Emf, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PlatformName } from '../domain/order.ts';
import { describeError } from './describe-error.ts';
import { METRIC_NAMESPACE, METRICS, type Metrics } from './metric-names.ts';

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

/** A log that writes one JSON line per call to standard output, with the function's name on each. */
export function createLog(options: {
  service: string;
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  merchant: string;
}): FunctionLog {
  const logger = new Logger({
    serviceName: options.service,
    logLevel: options.level,
    persistentKeys: { merchant: options.merchant },
  });
  return {
    begin: (fields) => {
      logger.resetKeys();
      logger.appendKeys({ ...fields });
    },
    debug: (message, fields) => logger.debug(message, safe(fields)),
    info: (message, fields) => logger.info(message, safe(fields)),
    warn: (message, fields) => logger.warn(message, safe(fields)),
    error: (message, fields) => logger.error(message, safe(fields)),
  };
}

/** The logger writes out message and stack of an error that it is handed, and a type is no promise at run time. */
const safe = (fields: LogFields = {}): LogFields =>
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

/** One EMF writer per platform, because the platform is a dimension and a line has one set of dimensions. */
export function createMetrics(options: { merchant: string }): FlushedMetrics {
  const writers = new Map<PlatformName, Emf>();
  const writerOf = (platform: PlatformName): Emf => {
    const known = writers.get(platform);
    if (known !== undefined) return known;
    const made = new Emf({ namespace: METRIC_NAMESPACE });
    // The library adds a `service` dimension of its own; an alarm on two dimensions would then see nothing.
    made.clearDefaultDimensions();
    made.setDefaultDimensions({ merchant: options.merchant, platform });
    writers.set(platform, made);
    return made;
  };
  return {
    add: (name, platform, value) => writerOf(platform).addMetric(name, MetricUnit[METRICS[name].unit], value),
    flush: () => {
      for (const writer of writers.values()) if (writer.hasStoredMetrics()) writer.publishStoredMetrics();
    },
  };
}
