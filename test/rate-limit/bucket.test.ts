import { describe, expect, it } from 'vitest';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import type { BucketRow, BucketStore } from '../../functions/rate-limit/store.ts';
import { createMemoryStore } from '../../functions/rate-limit/store.ts';
import { createVirtualTime } from '../support/virtual-clock.ts';

function setUp(plan = { rate: 2, burst: 40 }) {
  const rows = new Map<string, BucketRow>();
  const memory = createMemoryStore(rows);
  const time = createVirtualTime();
  let writes = 0;
  const store: BucketStore = {
    update(key, change) {
      writes++;
      return memory.update(key, change);
    },
  };
  const open = (more: { store?: BucketStore; skewMs?: number } = {}) =>
    createBucket({
      store: more.store ?? store,
      key: 'nuvemshop#1',
      ...plan,
      clock: { now: () => time.clock.now() + (more.skewMs ?? 0) },
    });
  return { ...time, store, rows, open, writes: () => writes };
}

describe('take', () => {
  it('sells the burst less its margin, then a call an interval', async () => {
    const { open, advance, clock } = setUp();
    const bucket = open();

    const first = await bucket.take(50, 'urgent');
    await advance(500);
    const second = await bucket.take(50, 'urgent');

    expect(first).toEqual({ granted: 37, retryAt: clock.now() });
    expect(second.granted).toBe(1);
  });

  it('that is fresh leaves what comes free to those that wait for the time reserved for them', async () => {
    const { open, advance } = setUp();
    const bucket = open();
    await bucket.take(37, 'urgent');
    const waiting = { priority: 'urgent', calls: 1, fresh: true, reserve: true } as const;
    await bucket.allocate(Array.from({ length: 8 }, () => waiting));
    await advance(1000);

    const fresh = await bucket.take(1, 'urgent', true);
    const usual = await bucket.take(1, 'urgent');

    expect([fresh.granted, usual.granted]).toEqual([0, 1]);
  });

  it('that is fresh and refused is told when it comes after those that wait, not to ask again at once', async () => {
    const { open, advance, clock } = setUp();
    const bucket = open();
    await bucket.take(37, 'urgent');
    const waiting = { priority: 'urgent', calls: 1, fresh: true, reserve: true } as const;
    await bucket.allocate(Array.from({ length: 8 }, () => waiting));
    await advance(1000);

    const { retryAt = 0 } = await bucket.take(1, 'urgent', true);
    await advance(retryAt - clock.now() - 1);
    const early = await bucket.take(1, 'urgent', true);
    await advance(1);
    const inTime = await bucket.take(1, 'urgent', true);

    expect([early.granted, early.retryAt, inTime.granted]).toEqual([0, retryAt, 1]);
  });

  it('asks the table nothing when it knows that nothing is left', async () => {
    const { open, writes } = setUp();
    const bucket = open();
    await bucket.take(50, 'urgent');
    const before = writes();

    const grant = await bucket.take(1, 'urgent');

    expect(grant.granted).toBe(0);
    expect(writes()).toBe(before);
  });

  it('keeps room for urgent calls, more of it once there are some', async () => {
    const { open, advance } = setUp();
    const bucket = open();

    const inPeace = await bucket.take(50, 'bulk');
    const urgent = await bucket.take(1, 'urgent');
    await advance(20_000);
    const besideUrgent = await bucket.take(50, 'bulk');

    expect([inPeace.granted, urgent.granted, besideUrgent.granted]).toEqual([36, 1, 34]);
  });

  it('does not oversell to a process that was asleep while others bought', async () => {
    const { open, advance } = setUp();
    const sleeper = open();
    const others = open();
    await sleeper.take(1, 'urgent');
    await advance(60_000);
    await others.take(36, 'urgent');

    const grant = await sleeper.take(10, 'urgent');

    expect(grant.granted).toBe(1);
  });

  it('lets go what it bought too slowly to use in time', async () => {
    const { store, open, advance, sleep } = setUp();
    const slow: BucketStore = {
      async update(key, change) {
        const outcome = await store.update(key, change);
        await sleep(400);
        return outcome;
      },
    };

    const grant = open({ store: slow }).take(1, 'urgent');
    await advance(5000);

    expect((await grant).granted).toBe(0);
  });

  it('refuses a rate or a burst that can sell nothing, and says what to change', () => {
    const { store, clock } = setUp();

    expect(() => createBucket({ store, key: 'x#y', rate: 0, burst: 40, clock })).toThrow(
      /x#y.*Set a rate above 0/,
    );
  });

  it('refuses a message that could wait for ever behind smaller ones', async () => {
    const { open } = setUp();

    await expect(open().allocate([{ priority: 'bulk', calls: 30 }])).rejects.toThrow(/Split it/);
  });
});

describe('clocks that disagree', () => {
  it('widen the margin as soon as they are seen to', async () => {
    const { open } = setUp();
    const ahead = open({ skewMs: 1200 });
    const behind = open();
    await ahead.take(1, 'urgent');

    await behind.take(1, 'urgent');

    expect(ahead.limits().ceilings.urgent).toBe(37);
    expect(behind.limits().ceilings.urgent).toBe(36);
  });
});

describe('observe', () => {
  it('learns a larger plan, and every process sells by it', async () => {
    const { open } = setUp();
    await open().observe({ limit: 400, remaining: 399, resetMs: 50 });

    const grant = await open().take(500, 'urgent');

    expect(grant.granted).toBe(386);
  });

  it('learns a smaller plan', async () => {
    const { open } = setUp({ rate: 20, burst: 400 });
    await open().observe({ limit: 40, remaining: 39, resetMs: 500 });

    const grant = await open().take(500, 'urgent');

    expect(grant.granted).toBe(37);
  });

  it.each([
    { limit: 0 },
    { limit: -1 },
    { limit: 4.5 },
    { limit: Number.NaN },
    { limit: 1_000_000 },
    { resetMs: -5 },
  ])('takes no harm from %j', async (feedback) => {
    const { open } = setUp();
    const bucket = open();

    await bucket.observe(feedback);

    expect((await bucket.take(50, 'urgent')).granted).toBe(37);
  });

  it('writes nothing when the platform says what is known', async () => {
    const { open, writes } = setUp();
    const bucket = open();
    await bucket.take(5, 'urgent');

    await bucket.observe({ limit: 40, remaining: 35, resetMs: 2500 });

    expect(writes()).toBe(1);
  });

  it('makes room for calls that somebody else made', async () => {
    const { open } = setUp();
    const bucket = open();
    await bucket.take(5, 'urgent');

    await bucket.observe({ limit: 40, remaining: 10, resetMs: 15_000 });

    expect((await bucket.take(50, 'urgent')).granted).toBe(7);
  });

  it('never lowers what is sold', async () => {
    const { open } = setUp();
    const bucket = open();
    await bucket.take(37, 'urgent');

    await bucket.observe({ limit: 40, remaining: 40, resetMs: 0 });

    expect((await bucket.take(1, 'urgent')).granted).toBe(0);
  });

  it.each([
    ['the platform names the time', { throttled: true, retryAfterMs: 30_000 }, 30_000 + 1500 + 500],
    ['the platform says when it is empty', { throttled: true, resetMs: 20_000 }, 1500 + 500],
    ['an HTML page came in place of an answer', { throttled: true }, 60_000 + 1500 + 500],
  ])('stays away after a refusal: %s', async (_, feedback, wait) => {
    const { open, advance } = setUp();
    const bucket = open();
    await bucket.observe(feedback);

    const early = await bucket.take(1, 'urgent');
    await advance(wait);
    const later = await bucket.take(1, 'urgent');

    expect(early.granted).toBe(0);
    expect(later.granted).toBe(1);
  });

  it('writes once for ten answers that say the same', async () => {
    const { open, writes } = setUp();
    const bucket = open();

    await Promise.all(
      Array.from({ length: 10 }, () => bucket.observe({ limit: 40, remaining: 5, resetMs: 17_500 })),
    );

    expect(writes()).toBe(1);
  });
});
