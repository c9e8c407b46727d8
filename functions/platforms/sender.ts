import type { PlatformName } from '../domain/order.ts';
import { classify } from '../http/classify.ts';
import { PlatformError } from '../http/errors.ts';
import { inTime, type Transport } from '../http/transport.ts';
import type { Bucket, Feedback, Priority } from '../rate-limit/bucket.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { ApiAnswer, ApiCall, CallContext, Connection } from './calls.ts';
import type { Platform } from './platform.ts';

/** How one piece of work takes its slots in a platform's limit; see {@link CallContext}. */
export type Admit = CallContext['admit'];

/** The error of a call for which there is no slot now: it was not made, and waits like any other. */
export const noSlot = (platform: PlatformName, operation: string): PlatformError =>
  new PlatformError({ platform, operation, kind: 'retry-later', throttled: true });

/**
 * For work that took the slot of its first call before it began. What it calls beyond that, as after a refused token,
 * needs a slot of its own, at once or not at all.
 */
export function prepaid(platform: PlatformName, bucket: Bucket): Admit {
  let calls = 0;
  return async (operation) => {
    calls += 1;
    if (calls > 1 && (await bucket.take(1, 'urgent')).granted === 0) throw noSlot(platform, operation);
  };
}

/** For work that may wait: each call waits for its slot, as long as `mayWait` allows (ms; forever when absent). */
export function patient(
  platform: PlatformName,
  bucket: Bucket,
  { priority, clock, mayWait }: { priority: Priority; clock: Clock; mayWait?: (ms: number) => boolean },
): Admit {
  return async (operation) => {
    for (;;) {
      const { granted, retryAt = clock.now() + 1000 } = await bucket.take(1, priority);
      if (granted > 0) return;
      const wait = Math.max(1, retryAt - clock.now());
      if (mayWait !== undefined && !mayWait(wait)) throw noSlot(platform, operation);
      await clock.sleep(wait);
    }
  };
}

export interface SenderOptions {
  platform: Pick<Platform, 'name' | 'feedback'>;
  transport: Transport;
  /** The bucket of one of the platform's limits. */
  bucketOf(limit: string): Bucket;
  clock: Clock;
  metrics: Metrics;
  log: Log;
}

/**
 * Makes what sends a client's calls: each attempt takes its slot, a refused token is renewed once, and what the answer
 * tells of the limit goes back to its bucket.
 */
export function createSender(options: SenderOptions): Connection['sender'] {
  const { platform, transport, bucketOf, clock, metrics, log } = options;

  const admit = async ({ operation, limit = 'api' }: ApiCall, context: CallContext): Promise<void> => {
    if (limit === 'api') return context.admit(operation);
    if ((await bucketOf(limit).take(1, 'bulk')).granted === 0) throw noSlot(platform.name, operation);
  };

  /** What the platform said is worth more than whether we could note what it said about our pace. */
  const observe = async (limit: string, feedback: Feedback): Promise<void> => {
    const { limit: size, remaining } = feedback;
    if (size !== undefined && remaining !== undefined)
      metrics.add('BucketFillPercent', platform.name, Math.round((100 * (size - remaining)) / size));
    await bucketOf(limit)
      .observe(feedback)
      .catch((error: unknown) =>
        log.warn('rate-limit feedback could not be stored', { limit, error: describeError(error) }),
      );
  };

  const answerOf = async (call: ApiCall, response: ApiAnswer['response']): Promise<ApiAnswer> => {
    if (call.destructive && response.status >= 200 && response.status < 300)
      return { response, failure: undefined };
    const failure = classify(response, clock.now());
    const heard = platform.feedback?.(response, failure) ?? {
      throttled: failure?.throttled ?? false,
      retryAfterMs: failure?.retryAfterMs,
    };
    await observe(call.limit ?? 'api', heard);
    if (failure === undefined || heard.retryAfterMs === undefined) return { response, failure };
    return { response, failure: { ...failure, retryAfterMs: heard.retryAfterMs } };
  };

  return (context, tokens) => async (call) => {
    const send = context.timeLeftMs === undefined ? transport : inTime(transport, context.timeLeftMs);
    const attempt = async (token: string | undefined) => {
      await admit(call, context);
      const { headers, limit: _, destructive: __, ...request } = call;
      return send({
        ...request,
        platform: platform.name,
        headers: headers(token),
        correlationId: context.correlationId,
        readmit: () => admit(call, context),
      });
    };
    const token = await tokens?.get();
    let response = await attempt(token);
    if (response.status === 401 && tokens !== undefined && token !== undefined) {
      // Refused at the door, so nothing happened: even a write may be made again, but not with the same token.
      const renewed = await tokens.renew(token);
      if (renewed !== token) response = await attempt(renewed);
    }
    return answerOf(call, response);
  };
}

/** See {@link Connection.fixedToken}. */
export const fixedToken: Connection['fixedToken'] = (secret, read) => ({
  get: async () => read(await secret.get()),
  renew: async () => read(await secret.fresh()),
});
