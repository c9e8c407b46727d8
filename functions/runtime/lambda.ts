import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { readEnvironment } from './environment.ts';
import type { EnvironmentOf, FunctionName } from './environments.ts';
import type { Log } from './log.ts';
import { createLog } from './logger.ts';
import { createMetrics, type FlushedMetrics } from './metrics.ts';

/** What every entry point has: its environment, its log, its metrics and the time. */
export interface Runtime<N extends FunctionName> {
  env: EnvironmentOf<N>;
  log: Log;
  metrics: FlushedMetrics;
  clock: Clock;
}

/** Called once per container, at cold start. */
export function createRuntime<N extends FunctionName>(name: N): Runtime<N> {
  const env = readEnvironment(name, process.env);
  const log = createLog({ service: name, level: env.LOG_LEVEL, merchant: env.MERCHANT });
  return { env, log, metrics: createMetrics({ merchant: env.MERCHANT }), clock: systemClock };
}

/** A handler whose metrics are written when it ends, however it ends. */
export function flushing<Event, Context, Result>(
  { metrics }: { metrics: FlushedMetrics },
  handler: (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return (event, context) => handler(event, context).finally(() => metrics.flush());
}
