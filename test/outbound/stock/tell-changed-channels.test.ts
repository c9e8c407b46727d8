import { describe, expect, it } from 'vitest';
import { channelKey } from '../../../functions/domain/stock/channel.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { localTables } from '../../support/local-tables.ts';
import { tellerShop } from './teller-shop.ts';

const tables = localTables();
const HOUR_MS = 3_600_000;

/** A shop of three SKUs to a call, all refused, whose configuration is changed an hour later. */
async function refusedShop(
  channels: (before: StockSettings['channels'][number]) => StockSettings['channels'],
) {
  const shop = tellerShop(tables);
  const { teller, fates, clock } = shop;
  for (const sku of ['a', 'b', 'c']) await shop.count(sku, 5);
  fates.push(() => ({ outcome: 'refused', reason: 'The store has several locations.' }));
  await shop.tell();
  clock.move(HOUR_MS);
  const settings = { ...teller.settings, channels: channels(teller.settings.channels[0]!) };
  const stock = createStockStore({ ...tables, rules: settings, clock });
  const changed = { ...teller, settings, stock };
  return { ...shop, changed, tell: () => tellStore(changed, { id: 'later', timeLeftMs: () => 120_000 }) };
}

describe('a channel that the configuration calls otherwise', () => {
  it('is told under its new name what was refused under the old one', async () => {
    const { tell, shown, skuOf } = await refusedShop((before) => [{ ...before, locationId: 'L1' }]);

    await tell();

    expect([...shown.keys()].sort()).toEqual(['a', 'b', 'c'].map(skuOf));
  });

  it('leaves no refusal of its old name for a person', async () => {
    const { tell, stock, skuOf, changed } = await refusedShop((before) => [{ ...before, locationId: 'L1' }]);

    await tell();

    const item = await stock.get(skuOf('a'));
    expect([item?.rejected, Object.keys(item?.shown ?? {})]).toEqual([
      {},
      changed.settings.channels.map(channelKey),
    ]);
  });
});

describe('a channel that the configuration has no more', () => {
  it('is nothing to tell the store of, and keeps no other SKU waiting', async () => {
    const { tell, stock, skuOf } = await refusedShop((before) => [{ ...before, outletId: 'other' }]);

    const next = await tell();

    const items = await Promise.all(['a', 'b', 'c'].map((sku) => stock.get(skuOf(sku))));
    expect([next, ...items.map((item) => item?.marks)]).toEqual([undefined, {}, {}, {}]);
  });
});
