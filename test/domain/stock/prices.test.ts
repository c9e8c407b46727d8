import { describe, expect, it } from 'vitest';
import { newPrices, type Prices, type PriceTexts } from '../../../functions/domain/stock/prices.ts';

const read = (
  before: Prices | undefined,
  said: PriceTexts,
  { currency = 'ARS', confirmed = false, seen = [] as Prices[] } = {},
) => {
  const done = newPrices({ before, said, currency, confirmed, seen });
  return done.ok ? done.prices : done.problems.map(({ field, code }) => `${field} ${code}`);
};

describe('prices', () => {
  it('are decimal text, exact in their currency', () => {
    expect(read(undefined, { price: '1234.50', cost: '800' })).toEqual({
      currency: 'ARS',
      price: 123_450,
      cost: 80_000,
    });
    expect(read(undefined, { price: '4990' }, { currency: 'CLP' })).toMatchObject({ price: 4990 });
  });

  it.each([
    ['1.234,50', 'ARS', 'price not-decimal'],
    ['1,234.50', 'ARS', 'price not-decimal'],
    ['10.505', 'ARS', 'price too-many-decimals'],
    ['1.234', 'ARS', 'price too-many-decimals'],
    ['4990.50', 'CLP', 'price too-many-decimals'],
    ['0', 'ARS', 'price not-positive'],
    ['-1', 'ARS', 'price not-positive'],
    ['1e3', 'ARS', 'price not-decimal'],
  ])('refuse %s in %s: %s', (price, currency, problem) => {
    expect(read(undefined, { price }, { currency })).toEqual([problem]);
  });

  it('leave what is not said as it is, and end a promotion where that is said', () => {
    const before = { currency: 'ARS', price: 10_000, promotionalPrice: 8000, cost: 5000 };

    expect(read(before, { price: '110' })).toEqual({ ...before, price: 11_000 });
    expect(read(before, { promotionalPrice: null })).toEqual({ ...before, promotionalPrice: null });
  });

  it('refuse a promotion that is none, also against the price that is known', () => {
    const before = { currency: 'ARS', price: 10_000 };

    expect(read(before, { promotionalPrice: '100' })).toEqual(['promotionalPrice promotion-not-lower']);
  });

  it.each([
    ['a promotion that is not below the price of the product', { promotionalPrice: '100' }],
    ['a price that is not above the promotion of the product', { price: '80' }],
  ])('refuse at first %s', (_, said) => {
    const seen = [{ currency: 'ARS', price: 10_000, promotionalPrice: 8000 }];

    expect(read(undefined, said, { seen })).toEqual(['promotionalPrice promotion-not-lower']);
  });

  it('end at first the promotion of the product where that is said', () => {
    const seen = [{ currency: 'ARS', price: 10_000, promotionalPrice: 8000 }];

    expect(read(undefined, { price: '80', promotionalPrice: null }, { seen })).toMatchObject({ price: 8000 });
  });

  it('take a change of more than ten times only where it is confirmed', () => {
    const before = { currency: 'ARS', price: 10_000 };

    expect(read(before, { price: '9' })).toEqual(['price factor']);
    expect(read(before, { price: '1001' })).toEqual(['price factor']);
    expect(read(before, { price: '1001' }, { confirmed: true })).toMatchObject({ price: 100_100 });
  });

  it('are compared at first with what the products cost, in amount and currency', () => {
    const seen = [{ currency: 'ARS', price: 10_000 }];

    expect(read(undefined, { price: '100000' }, { seen })).toEqual(['price factor']);
    expect(read(undefined, { price: '100' }, { seen, currency: 'CLP' })).toEqual(['currency currency']);
  });
});
