import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAmounts } from '../../../functions/platforms/reading/amounts.ts';

describe('amounts of an order', () => {
  it('read minor units, and say what is absent, rounded or unreadable', () => {
    const amounts = createAmounts('UYU');

    const read = [39.75, '39.75', 0.005, 1e-9, null, undefined, 'x'].map((value, n) =>
      amounts.read(value, `a${n}`),
    );

    expect(read).toEqual([3975, 3975, 1, 0, undefined, undefined, 0]);
    expect(amounts.warnings).toHaveLength(2);
    expect(amounts.problems).toEqual(['a6: an amount is not a decimal number']);
    expect(amounts.tolerance()).toBe(2);
  });

  it('multiply without floating error, for any price and weight in grams', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(1_000_000), (minor, grams) => {
        const exact = BigInt(minor) * BigInt(grams);
        const half = exact < 0n ? -500n : 500n;
        expect(createAmounts('UYU').times(minor, grams / 1000) + 0).toBe(Number((exact + half) / 1000n));
      }),
    );
  });

  it.each([
    [Number.MAX_SAFE_INTEGER, 2],
    [5, Number.POSITIVE_INFINITY],
    [5, Number.NaN],
    [2 ** 60, 1],
    [1, 1e300],
  ])('refuse %d times %d', (minor, quantity) => {
    const amounts = createAmounts('UYU');
    expect(amounts.times(minor, quantity)).toBe(0);
    expect(amounts.problems).toHaveLength(1);
  });

  it.each([
    [100, 1e-7, 0],
    [3, 1e3, 3000],
    [7, 0, 0],
  ])('take %d times %d as %d', (minor, quantity, product) => {
    expect(createAmounts('UYU').times(minor, quantity)).toBe(product);
  });
});
