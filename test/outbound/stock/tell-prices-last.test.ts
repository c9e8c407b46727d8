import { describe, expect, it } from 'vitest';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { StockPort } from '../../../functions/platforms/stock.ts';
import { localTables } from '../../support/local-tables.ts';
import { platformError, tellerShop } from './teller-shop.ts';

const tables = localTables();
const AGAIN_MS = 15_000;
const SKUS = Array.from({ length: 30 }, (_, index) => `p${index + 10}`);

/** A shop that shows everything, and is to be told a list of prices. */
async function shopWithPrices() {
  const shop = tellerShop(tables, 2);
  for (const sku of [...SKUS, 'z']) await shop.count(sku, 5);
  await shop.tell();
  for (const sku of SKUS) await shop.price(sku, 1000);
  return shop;
}

describe('a list of prices', () => {
  it('keeps no stock waiting that changes while it is told', async () => {
    const { count, teller, charged, shown, skuOf } = await shopWithPrices();
    const seen: unknown[] = [];
    const port: StockPort = {
      ...teller.port,
      async *charge(...given) {
        if (charged.length === 0) await count('z', 1);
        else seen.push(shown.get(skuOf('z')));
        yield* teller.port.charge(...given);
      },
    };

    await tellStore({ ...teller, port }, { id: 'run', timeLeftMs: () => 120_000 });

    expect(charged).toHaveLength(15);
    expect(seen[0]).toEqual({ units: 1 });
  });

  it('that fails each time keeps no stock waiting', async () => {
    const { count, tell, priceFates, shown, clock, skuOf } = await shopWithPrices();
    const fail = () => platformError({ status: 500 });
    priceFates.push(...Array.from({ length: 20 }, fail));
    for (let run = 0; run < 3; run += 1) {
      await tell();
      clock.move(AGAIN_MS);
    }
    await count('z', 1);

    await tell();

    expect(shown.get(skuOf('z'))).toEqual({ units: 1 });
  });

  it('goes on behind prices that fail each time', async () => {
    const { tell, teller, charged, clock, skuOf } = await shopWithPrices();
    const odd = new Set(SKUS.slice(0, 3).map(skuOf));
    const told = new Set<string>();
    teller.port.charge;
    const port: StockPort = {
      ...teller.port,
      async *charge(_api, _store, chargings) {
        charged.push([...chargings]);
        clock.move(100);
        if (chargings.some(({ sku }) => odd.has(sku))) throw platformError({ status: 500 });
        for (const { sku } of chargings) told.add(sku);
        yield chargings.map((_, index) => [index, { outcome: 'taken' as const }] as const);
      },
    };
    for (let run = 0; run < 4; run += 1) {
      await tellStore({ ...teller, port }, { id: `run${run}`, timeLeftMs: () => 120_000 });
      clock.move(AGAIN_MS);
    }

    const next = await tell();

    expect(next).toBeUndefined();
    expect([...told].sort()).toEqual(SKUS.slice(3).map(skuOf));
  });
});
