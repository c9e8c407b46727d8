import type { Transport } from '../../functions/http/transport.ts';
import type { CallContext } from '../../functions/platforms/calls.ts';
import { fixedToken } from '../../functions/platforms/connection.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import { createSender } from '../../functions/platforms/sender.ts';
import type { Store } from '../../functions/platforms/store.ts';
import type { Bucket, Feedback } from '../../functions/rate-limit/bucket.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { countingMetrics, keptLog } from './fakes.ts';

export interface TestConnectionOptions {
  transport: Transport;
  clock: Clock;
  /** What a credential's secret holds; `fresh` asks for it past every cache. */
  secretOf(credential: string, fresh: boolean): unknown;
  /** Hears what every answer told of the limit that its call counted against. */
  onFeedback?: ((feedback: Feedback, limit: string) => void) | undefined;
  /** The bucket of a limit; always open when absent. */
  bucketOf?: ((limit: string) => Bucket) | undefined;
}

const openBucket = (): Bucket => ({
  take: async (calls) => ({ granted: calls }),
  observe: async () => {},
});

/** A platform's own client over a given transport, with the real sender in between, and no tables, queues or secrets. */
export function testConnection<S, Api>(
  platform: Platform<unknown, S, Api>,
  store: Store<S>,
  { transport, clock, secretOf, onFeedback, bucketOf = openBucket }: TestConnectionOptions,
): (context?: Partial<CallContext>) => Api {
  const heard = (limit: string): Bucket => {
    const bucket = bucketOf(limit);
    return {
      take: (calls, priority) => bucket.take(calls, priority),
      observe: (feedback) => {
        onFeedback?.(feedback, limit);
        return bucket.observe(feedback);
      },
    };
  };
  const api = platform.connect(store, {
    clock,
    secret: (credential, schema) => ({
      get: async () => schema().parse(await secretOf(credential, false)),
      fresh: async () => schema().parse(await secretOf(credential, true)),
    }),
    sender: createSender({
      platform,
      transport,
      bucketOf: heard,
      clock,
      metrics: countingMetrics(),
      log: keptLog(),
    }),
    fixedToken,
    rotatingToken: () => {
      throw new Error('no rotating token here');
    },
  });
  return (context = {}) => api({ correlationId: 'test', admit: async () => {}, ...context });
}
