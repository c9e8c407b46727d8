import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDeadline, type Deadline, type Patience } from './aws-clients.ts';
import { type Clock, systemClock } from './clock.ts';
import { OwnError, withoutForeignText } from './describe-error.ts';
import { type EnvironmentOf, type Job, readEnvironment } from './environment.ts';
import { createLog, createMetrics, type FlushedMetrics, type FunctionLog } from './telemetry.ts';

/** What every function has: its environment, its log, its metrics and the time. */
export interface Runtime<J extends Job> {
  env: EnvironmentOf<J>;
  log: FunctionLog;
  metrics: FlushedMetrics;
  clock: Clock;
  /** Bounds the calls of the function's AWS clients; without a bound when absent. */
  deadline?: Deadline;
  /** How patient the function's AWS clients are; as its job asks for when absent. */
  patience?: Patience;
}

/** One call of a function, as far as its work needs to know. */
export interface Invocation {
  /** Unique per call. */
  requestId: string;
  /** What is left of the function's time, in ms. */
  remainingMs(): number;
}

/** Called once per container, at cold start. @throws Error when the environment is wrong. */
export function createRuntime<J extends Job>(job: J, platform: string): Runtime<J> {
  const env = readEnvironment(job, process.env);
  const service = `${platform}-${job}`;
  const log = createLog({ service, level: env.LOG_LEVEL, merchant: env.MERCHANT });
  const metrics = createMetrics({ merchant: env.MERCHANT });
  return { env, log, metrics, clock: systemClock, deadline: createDeadline() };
}

/**
 * Frames the work of a function: each line of its log names the call, and its metrics are written when it ends, however it
 * ends. An error is Lambda's to handle, which logs it and tells the caller of the function: so it leaves without any text
 * from outside.
 */
export function frame<Event, Result>(
  { log, metrics, deadline }: Pick<Runtime<Job>, 'log' | 'metrics' | 'deadline'>,
  work: (event: Event, invocation: Invocation) => Promise<Result>,
  ...middlewares: MiddlewareObj<Event, Result>[]
) {
  // Ends a call only when its work does: a call that is cut short must look like one to whoever waits for it.
  const framed = middy<Event, Result>({ timeoutEarlyInMillis: 0 }).use(logContext(log)).use(flush(metrics));
  for (const middleware of middlewares) framed.use(middleware);
  const handler = framed.handler((event: Event, context: Context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    deadline?.begin(remainingMs);
    return work(event, { requestId: context.awsRequestId, remainingMs });
  });
  return async (event: Event, context: Context): Promise<Result> => {
    try {
      return await handler(event, context);
    } catch (error) {
      throw withoutForeignText(error);
    }
  };
}

/**
 * Lets the work see an event only as its schema reads it. For events that schedules and operators make: what is wrong with
 * one is said with its names.
 *
 * @throws OwnError of a wrong one
 */
export const parsed = <Event, Result>(schema: z.ZodType<Event>): MiddlewareObj<Event, Result> => ({
  before: (request) => {
    const read = schema.safeParse(request.event);
    if (!read.success)
      throw new OwnError(`the event is not what it should be: ${z.prettifyError(read.error)}`);
    request.event = read.data;
  },
});

const logContext = <Event, Result>(log: FunctionLog): MiddlewareObj<Event, Result> => ({
  before: ({ context }) => log.begin({ requestId: context.awsRequestId }),
});

const flush = <Event, Result>(metrics: FlushedMetrics): MiddlewareObj<Event, Result> => ({
  after: () => metrics.flush(),
  onError: () => metrics.flush(),
});
