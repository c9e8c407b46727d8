import { expect, it } from 'vitest';
import { isMassZero, zeroedWith } from '../../../functions/domain/stock/mass-zero.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const skus = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `sku-${from + n}`);

it('a day’s work is no mass: 20 SKUs of however few, a fifth of however many', () => {
  expect(isMassZero(zeroedWith({}, skus(20), NOW), 20)).toBe(false);
  expect(isMassZero(zeroedWith({}, skus(100), NOW), 500)).toBe(false);
  expect(isMassZero(zeroedWith({}, skus(101), NOW), 500)).toBe(true);
});

it('counts over all calls of 15 minutes, and each SKU once', () => {
  const first = zeroedWith({}, skus(15), NOW);
  const soon = zeroedWith(first, skus(15, 10), NOW + 14 * 60_000);
  const later = zeroedWith(first, skus(15, 10), NOW + 16 * 60_000);

  expect([isMassZero(soon, 50), isMassZero(later, 50)]).toEqual([true, false]);
  expect(Object.keys(soon)).toHaveLength(25);
});
