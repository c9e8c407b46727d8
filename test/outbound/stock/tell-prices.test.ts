import { describe, expect, it } from 'vitest';
import { localTables } from '../../support/local-tables.ts';
import { platformError as error, tellerShop } from './teller-shop.ts';

const tables = localTables();
const HOUR_MS = 3_600_000;
const shop = (perCall?: number) => tellerShop(tables, perCall);

describe('prices', () => {
  it('go after the stock, many in one call, only the last of several, and what the platform can be told', async () => {
    const { count, price, tell, calls, charged, skuOf } = shop();
    for (const sku of ['a', 'b']) await count(sku, 5);
    await price('a', 900);
    await price('a', 1000);
    await price('b', 2000);

    const next = [await tell(), await tell()];

    expect(calls).toHaveLength(1);
    expect(charged).toMatchObject([
      [
        { sku: skuOf('a'), prices: { currency: 'ARS', price: 1000 } },
        { sku: skuOf('b'), prices: { currency: 'ARS', price: 2000 } },
      ],
    ]);
    expect(charged[0]?.[0]?.prices).not.toHaveProperty('cost');
    expect(next).toEqual([undefined, undefined]);
  });

  it('that are refused keep no stock back, are left for an hour, and are tried again', async () => {
    const { count, price, tell, calls, charged, priceFates, clock, stock, skuOf } = shop();
    await count('a', 5);
    await price('a', 1000);
    priceFates.push({ outcome: 'refused', reason: 'Lower than the promotion.' });
    await tell();
    const refused = (await stock.get(skuOf('a')))?.pricing?.rejected;

    await count('a', 3);
    await tell();
    const meanwhile = charged.length;
    clock.move(HOUR_MS);
    await tell();

    expect(Object.values(refused ?? {})).toMatchObject([{ reason: 'Lower than the promotion.' }]);
    expect([calls.length, meanwhile, charged.length]).toEqual([2, 1, 2]);
    expect((await stock.get(skuOf('a')))?.pricing?.rejected).toEqual({});
  });

  it('are told again where nobody knows whether they were taken, also as they were before', async () => {
    const { count, price, tell, charged, priceFates, clock } = shop();
    await count('a', 5);
    await price('a', 1000);
    await tell();
    await price('a', 1200);
    priceFates.push(error({ outcomeUnknown: true }));
    await tell();
    await price('a', 1000);

    clock.move(60_000);
    await tell();

    expect(charged.map(([one]) => one?.prices.price)).toEqual([1000, 1200, 1000]);
  });
});
