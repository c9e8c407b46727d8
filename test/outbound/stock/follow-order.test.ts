import { expect, it } from 'vitest';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { followRow } from '../../../functions/outbound/stock/follow-order.ts';
import { fetched, type ShopOrder } from '../../domain/stock/world-shops.ts';
import { MemoryStock, memoryClaims } from './memory-stock.ts';

const PLACED = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
const clock = { now: () => PLACED + 30 * MINUTE };
const web: StockChannel = {
  platform: 'web',
  storeId: 's',
  sells: ['main'],
  buffer: 0,
  shows: 'number',
  isMaster: true,
};
const settings: StockSettings = {
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: [web],
};

/** A shop that counts, and an order of its own that is fetched at the end of each change. */
function shopWithOrder() {
  const stock = new MemoryStock({ rules: settings, clock });
  const claims = memoryClaims();
  const order: ShopOrder = {
    id: 'o',
    channel: web,
    lines: [{ lineId: 'l', sku: 'A', quantity: 2 }],
    skus: new Set(['A']),
    status: 'received',
    gone: false,
    placedAt: PLACED,
    changedAt: PLACED,
  };
  let row: ReturnType<typeof fetched> | undefined;
  return {
    cancel() {
      order.status = 'cancelled';
      order.changedAt = PLACED + 5 * MINUTE;
    },
    async ownAt() {
      const next = fetched(order, row, clock.now());
      row = next;
      const key = { platform: 'web', storeId: 's', platformOrderId: 'o' };
      await followRow({ orders: { get: async () => next }, claims, stock, settings, clock }, key);
      return (await stock.read('A')).ownAt;
    },
  };
}

it('an order of the platform that counts changed its number when it was placed', async () => {
  expect(await shopWithOrder().ownAt()).toEqual({ main: PLACED });
});

it('and when it was cancelled', async () => {
  const { ownAt, cancel } = shopWithOrder();
  await ownAt();

  cancel();

  expect(await ownAt()).toEqual({ main: PLACED + 5 * MINUTE });
});

it('and when it was cancelled before anybody heard of it', async () => {
  const { ownAt, cancel } = shopWithOrder();

  cancel();

  expect(await ownAt()).toEqual({ main: PLACED + 5 * MINUTE });
});
