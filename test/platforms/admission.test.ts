import { describe, expect, it } from 'vitest';
import { patient, prepaid } from '../../functions/platforms/admission.ts';
import type { Bucket } from '../../functions/rate-limit/bucket.ts';
import { movedClock } from '../support/fakes.ts';

/** A bucket that answers `waits` in turn: the milliseconds until there is a slot, 0 for one now. */
function bucketOf(waits: (number | undefined)[], clock = movedClock()) {
  const asked: string[] = [];
  const bucket: Bucket = {
    observe: async () => {},
    async take(calls, priority, fresh = false) {
      asked.push(`${calls} ${priority}${fresh ? ' fresh' : ''}`);
      const wait = waits.shift() ?? undefined;
      if (wait === 0) return { granted: 1 };
      return { granted: 0, ...(wait === undefined ? {} : { retryAt: clock.now() + wait }) };
    },
  };
  return { bucket, asked, clock };
}

describe('work that took its first slot before it began', () => {
  it('makes its first call without another', async () => {
    const { bucket, asked } = bucketOf([]);

    await prepaid('bazaar', bucket)('orders.get');

    expect(asked).toEqual([]);
  });

  it('takes a slot for each further call, at once', async () => {
    const { bucket, asked } = bucketOf([0, 0]);
    const admit = prepaid('bazaar', bucket);

    for (let calls = 0; calls < 3; calls += 1) await admit('orders.get');

    expect(asked).toEqual(['1 urgent', '1 urgent']);
  });

  it('ends like any throttled call when there is none', async () => {
    const { bucket } = bucketOf([5000]);
    const admit = prepaid('bazaar', bucket);
    await admit('orders.get');

    await expect(admit('orders.get')).rejects.toMatchObject({
      platform: 'bazaar',
      operation: 'orders.get',
      kind: 'retry-later',
      throttled: true,
      outcomeUnknown: false,
    });
  });
});

describe('work that may wait', () => {
  it('waits for its slot, however long, and asks by its priority', async () => {
    const { bucket, asked, clock } = bucketOf([60_000, 3_600_000, 0]);
    const began = clock.now();

    await patient('bazaar', bucket, { priority: 'bulk', clock })('orders.get');

    expect(asked).toEqual(['1 bulk', '1 bulk', '1 bulk']);
    expect(clock.now() - began).toBe(3_660_000);
  });

  it('says whether others that wait go first', async () => {
    const { bucket, asked, clock } = bucketOf([0]);

    await patient('bazaar', bucket, { priority: 'urgent', clock, fresh: true })('orders.get');

    expect(asked).toEqual(['1 urgent fresh']);
  });

  it('asks again after a second where nobody can say when there is one', async () => {
    const { bucket, clock } = bucketOf([undefined, 0]);
    const began = clock.now();

    await patient('bazaar', bucket, { priority: 'normal', clock })('orders.get');

    expect(clock.now() - began).toBe(1000);
  });

  it('ends like any throttled call when it may not wait so long, and says how long there is no slot', async () => {
    const { bucket, clock } = bucketOf([2000, 5000]);
    const began = clock.now();
    const admit = patient('bazaar', bucket, { priority: 'urgent', clock, mayWait: (ms) => ms <= 4000 });

    await expect(admit('hooks.list')).rejects.toMatchObject({
      kind: 'retry-later',
      throttled: true,
      retryAfterMs: 5000,
    });
    expect(clock.now() - began).toBe(2000);
  });
});
