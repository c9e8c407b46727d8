import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../bench/throttle/platform.ts';
import { createRandom } from '../../bench/throttle/random.ts';
import { createVirtualTime } from '../../bench/throttle/virtual-time.ts';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import { type BucketStore, createMemoryStore } from '../../functions/rate-limit/store.ts';

/** What a platform allows a source address, and two deployments that call from one. */
async function refusedOf(stores: [BucketStore, BucketStore]): Promise<number> {
  const time = createVirtualTime();
  const plan = { rate: 50 / 60, burst: 5 };
  const platform = createPlatform({ time, random: createRandom(1), plan, replyMs: 200, wayMs: 10 });
  const limit = { key: 'shop#address', ...plan, clock: { now: () => time.now() } };
  let refused = 0;
  const deployment = async (store: BucketStore) => {
    const bucket = createBucket({ store, ...limit });
    while (time.now() < 1_800_000_300_000) {
      const { granted, retryAt = time.now() } = await bucket.take(1, 'urgent');
      if (granted > 0 && (await platform.call()).status === 429) refused += 1;
      await time.sleep(Math.max(10, retryAt - time.now()));
    }
  };
  let running: number = stores.length;
  for (const store of stores) void deployment(store).finally(() => (running -= 1));
  await time.run(() => running === 0, 1_800_000_400_000);
  return refused;
}

describe('two deployments behind one source address', () => {
  it('are refused calls, because each has a bucket of its own: each deployment needs its own address', async () => {
    expect(await refusedOf([createMemoryStore(), createMemoryStore()])).toBeGreaterThan(0);
  });

  it('would not be, with one table', async () => {
    const shared = createMemoryStore();

    expect(await refusedOf([shared, shared])).toBe(0);
  });
});
