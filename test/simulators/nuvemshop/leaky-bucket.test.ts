import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLeakyBucket } from '../../../local/platforms/nuvemshop/access/leaky-bucket.ts';
import { openShop } from './open-shop.ts';

describe('leaky bucket', () => {
  it('takes 20 calls at once and lets the last one wait about 10 s', () => {
    const bucket = createLeakyBucket(40, 2);
    const waits = Array.from({ length: 20 }, () => bucket.offer(0).queuedMs);
    expect(waits.at(-1)).toBe(9500);
  });

  it('refuses 10 of 50 calls at once', () => {
    const bucket = createLeakyBucket(40, 2);
    const refused = Array.from({ length: 50 }, () => bucket.offer(0)).filter((verdict) => !verdict.accepted);
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ remaining: 0, resetMs: 20_000, limit: 40 });
  });

  it('never lets more through than size plus drain, whatever the arrivals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 300 }), (gaps) => {
        const bucket = createLeakyBucket(40, 2);
        let now = 0;
        let accepted = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.offer(now).accepted) accepted += 1;
          expect(accepted).toBeLessThanOrEqual(40 + (now / 1000) * 2);
          expect(bucket.level(now)).toBeLessThanOrEqual(40);
        }
      }),
    );
  });

  it('never refuses a caller who keeps to the drain rate', () => {
    const bucket = createLeakyBucket(40, 2);
    for (let i = 0; i < 200; i += 1)
      expect(bucket.offer(i * 500)).toMatchObject({ accepted: true, queuedMs: 0 });
  });
});

describe('rate limit over HTTP', () => {
  it('prints its headers, refuses the 41st call and takes calls again as it drains', async () => {
    // Arrange
    const { get, clock } = await openShop({ stores: [{ plan: 'basic' }] });

    // Act
    const replies = await Promise.all(Array.from({ length: 41 }, () => get('/store')));
    const refused = replies.filter(({ status }) => status === 429);
    await clock.advance(500);
    const later = await get('/store');

    // Assert
    const first = replies.find(({ headers }) => headers.get('x-rate-limit-remaining') === '39');
    expect(first?.headers.get('x-rate-limit-limit')).toBe('40');
    expect(first?.headers.get('x-rate-limit-reset')).toBe('500');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.headers.get('x-rate-limit-remaining')).toBe('0');
    expect(refused[0]?.headers.get('x-rate-limit-reset')).toBe('20000');
    expect(refused[0]?.headers.get('retry-after')).toBeNull();
    expect(later.status).toBe(200);
  });

  it('is ten times as large for the plans Next and Evolution', async () => {
    const { get } = await openShop({ stores: [{ plan: 'next' }] });
    const { headers } = await get('/store');
    expect([headers.get('x-rate-limit-limit'), headers.get('x-rate-limit-reset')]).toEqual(['400', '50']);
  });

  it('keeps calls waiting in the queue when the delay is switched on', async () => {
    const { get, clock, sim } = await openShop({ stores: [{ plan: 'basic' }], queueDelayScale: 1 });
    await get('/store');
    const second = get('/store');
    while (sim.calls.length < 2 || clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(sim.calls[1]?.status).toBe(0);
    await clock.advance(500);
    expect((await second).status).toBe(200);
  });

  it('belongs to one shop alone', async () => {
    const { get, world } = await openShop({ stores: [{ plan: 'basic' }, { plan: 'basic' }] });
    await get('/store');
    const [, other] = world.storeIds();
    expect(world.bucketLevel()).toBe(1);
    expect(world.bucketLevel(other)).toBe(0);
  });

  it('counts calls that fail, but not those without a token', async () => {
    const { get, world } = await openShop();
    await get('/nothing');
    await get('/store', { headers: { authentication: null } });
    expect(world.bucketLevel()).toBe(1);
  });
});
