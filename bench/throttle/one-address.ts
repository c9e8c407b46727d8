import { createBucket } from '../../functions/rate-limit/bucket.ts';
import type { BucketStore } from '../../functions/rate-limit/store.ts';
import { createPlatform, type Plan } from './platform.ts';
import { createRandom } from './random.ts';
import { REPLY_MS, WAY_MS } from './scenario.ts';
import { createVirtualTime, EPOCH } from './virtual-time.ts';

/** What a platform that counts by source address answered to all deployments behind one. */
export interface OneAddress {
  calls: number;
  refused: number;
}

/** Sixty calls a minute of an address, and what a bucket is configured with for it: fifty, and a burst that leaves room. */
const ALLOWED: Plan = { rate: 1, burst: 10 };
const CONFIGURED: Plan = { rate: 50 / 60, burst: 5 };
const FOR_MS = 300_000;

/**
 * Lets deployments call from one source address for five minutes, each as often as its bucket lets it.
 *
 * @param stores the table of each one's bucket
 */
export async function callFromOneAddress(stores: readonly BucketStore[]): Promise<OneAddress> {
  const time = createVirtualTime();
  const platform = createPlatform({
    time,
    random: createRandom(1),
    plan: ALLOWED,
    replyMs: REPLY_MS,
    wayMs: WAY_MS,
  });
  const limit = { key: 'platform#address', ...CONFIGURED, clock: { now: () => time.now() } };
  const answered: OneAddress = { calls: 0, refused: 0 };
  let running = stores.length;
  const deployment = async (store: BucketStore) => {
    const bucket = createBucket({ store, ...limit });
    while (time.now() < EPOCH + FOR_MS) {
      const { granted, retryAt = time.now() } = await bucket.take(1, 'urgent');
      if (granted > 0) {
        answered.calls += 1;
        if ((await platform.call()).status === 429) answered.refused += 1;
      }
      await time.sleep(Math.max(10, retryAt - time.now()));
    }
    running -= 1;
  };
  for (const store of stores) void deployment(store);
  await time.run(() => running === 0, EPOCH + 2 * FOR_MS);
  return answered;
}
