import type { EpochMs } from '../domain/time.ts';
import { classify, type Failure } from '../http/answer.ts';
import { inTime, type PlatformResponse, type Transport } from '../http/transport.ts';
import type { Bucket, Feedback } from '../rate-limit/bucket.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import { noSlot } from './admission.ts';
import type { ApiAnswer, ApiCall, CallContext, Connection } from './calls.ts';
import type { IntakePlatform } from './platform.ts';

/** The few calls of an idle shop fill a bucket no further, and are not worth a series. */
const IDLE_FILL_PERCENT = 10;

export interface SenderOptions {
  platform: Pick<IntakePlatform, 'name' | 'feedback'>;
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

  const admit = async (call: ApiCall, context: CallContext): Promise<void> => {
    const { operation, method, limit = 'api' } = call;
    if (limit === 'api') return context.admit(operation, method !== 'GET');
    if ((await bucketOf(limit).take(1, 'bulk')).granted === 0) throw noSlot(platform.name, operation);
  };

  /** What the platform said is worth more than whether we could note what it said about our pace. */
  const observe = async (limit: string, feedback: Feedback): Promise<void> => {
    const { limit: size, remaining } = feedback;
    const percent = size === undefined || remaining === undefined ? 0 : (100 * (size - remaining)) / size;
    if (percent > IDLE_FILL_PERCENT) metrics.add('BucketFillPercent', platform.name, Math.round(percent));
    await bucketOf(limit)
      .observe(feedback)
      .catch((error: unknown) =>
        log.warn('rate-limit feedback could not be stored', { limit, error: describeError(error) }),
      );
  };

  const answerOf = async (
    call: ApiCall,
    response: ApiAnswer['response'],
    askedAt: number,
  ): Promise<ApiAnswer> => {
    if (call.destructive && response.status >= 200 && response.status < 300)
      return { response, failure: undefined };
    const failure = failureOf(response, clock.now());
    const heard = platform.feedback?.(response, failure) ?? {
      throttled: failure?.throttled ?? false,
      retryAfterMs: failure?.retryAfterMs,
    };
    await observe(call.limit ?? 'api', { ...heard, ageMs: Math.max(0, clock.now() - askedAt) });
    if (failure === undefined || heard.retryAfterMs === undefined) return { response, failure };
    return { response, failure: { ...failure, retryAfterMs: heard.retryAfterMs } };
  };

  return (context, tokens) => async (call) => {
    const send = context.timeLeftMs === undefined ? transport : inTime(transport, context.timeLeftMs);
    let askedAt = clock.now();
    const attempt = async (token: string | undefined) => {
      await admit(call, context);
      const { headers, limit: _, destructive: __, ...request } = call;
      askedAt = clock.now();
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
      if (renewed !== token) response = { ...unknownOf(response), ...(await attempt(renewed)) };
    }
    return answerOf(call, response, askedAt);
  };
}

const unknownOf = ({ mayHaveActed }: PlatformResponse) =>
  mayHaveActed === undefined ? {} : { mayHaveActed };

/** What the answer means; of a call that was made twice, with what the first time may have brought about. */
function failureOf(response: PlatformResponse, now: EpochMs): Failure | undefined {
  const failure = classify(response, now);
  return failure === undefined || response.mayHaveActed !== true
    ? failure
    : { ...failure, outcomeUnknown: true };
}
