import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverTat } from '../../functions/rate-limit/bucket.ts';
import { limitsOf } from '../../functions/rate-limit/limits.ts';

const rate = fc.double({ min: 0.01, max: 100, noNaN: true });
const burst = fc.integer({ min: 1, max: 1000 });
const skew = fc.double({ min: 0, max: 100_000, noNaN: true });

describe('what may be sold', () => {
  it('is something for every class, never more than the platform holds, and most for urgent calls', () => {
    fc.assert(
      fc.property(
        rate,
        burst,
        skew,
        fc.boolean(),
        fc.boolean(),
        (perSecond, calls, skewMs, urgentLately, queues) => {
          const { ceilings, intervalMs, largestRequest } = limitsOf(
            { rate: perSecond, burst: calls, queues },
            { skewMs, urgentLately },
          );

          expect(ceilings.bulk).toBeGreaterThanOrEqual(1);
          expect(ceilings.normal).toBeGreaterThanOrEqual(ceilings.bulk);
          expect(ceilings.urgent).toBeGreaterThanOrEqual(ceilings.normal);
          expect(ceilings.urgent).toBeLessThanOrEqual(calls);
          expect(largestRequest).toBeLessThanOrEqual(ceilings.urgent);
          expect(intervalMs).toBeGreaterThanOrEqual(1000 / perSecond);
        },
      ),
    );
  });

  it('leaves room for what arrives late', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 2, max: 1000 }), (perSecond, calls) => {
        const { ceilings, intervalMs, hysteresisMs } = limitsOf({ rate: perSecond, burst: calls });

        expect(ceilings.urgent + (hysteresisMs + 500) / intervalMs).toBeLessThanOrEqual(calls + 0.01);
      }),
    );
  });

  it('grows smaller the further clocks are apart', () => {
    fc.assert(
      fc.property(rate, burst, skew, skew, (perSecond, calls, one, other) => {
        const near = limitsOf({ rate: perSecond, burst: calls }, { skewMs: Math.min(one, other) });
        const far = limitsOf({ rate: perSecond, burst: calls }, { skewMs: Math.max(one, other) });

        expect(far.ceilings.urgent).toBeLessThanOrEqual(near.ceilings.urgent);
      }),
    );
  });
});

describe('what a platform said', () => {
  const now = 1_800_000_000_000;
  const limits = limitsOf({ rate: 2, burst: 40 });

  it.each([
    ['nothing', {}, undefined],
    ['the time until it is empty', { resetMs: 15_000 }, 15_000],
    ['how many calls are left', { limit: 40, remaining: 10 }, 15_000],
    ['a refusal and how long to stay away', { throttled: true, retryAfterMs: 5000 }, 25_000],
    ['a refusal and the time until it is empty', { throttled: true, resetMs: 19_800 }, 20_000],
    ['a refusal and nothing more', { throttled: true }, 80_000],
    ['a time that is a broken header', { resetMs: 9e12 }, 3_600_000],
  ])('%s', (_, feedback, expected) => {
    const tat = serverTat(feedback, limits, now, 60_000);

    expect(tat === undefined ? undefined : tat - now).toBe(expected);
  });
});
