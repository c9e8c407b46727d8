import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order, OrderLine } from '../../../functions/domain/order.ts';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import { claimed, isSettled } from '../../../functions/domain/stock/claim.ts';
import type { Kits } from '../../../functions/domain/stock/kits.ts';
import {
  changedClaims,
  claimsOf,
  followOrder,
  type OrderClaims,
} from '../../../functions/domain/stock/order-claims.ts';
import { rowOf } from '../../storage/samples.ts';
import { sampleOrder } from '../../support/sample-order.ts';

const channel = (change: Partial<StockChannel>): StockChannel => ({
  platform: 'shop',
  storeId: 's',
  sells: ['main'],
  buffer: 0,
  shows: 'number',
  ...change,
});
const RULES = { channels: [channel({})], owner: 'erp', kits: {} };

const line = (change: Partial<OrderLine> = {}): OrderLine => ({
  lineId: 'l',
  sku: 'A',
  name: 'a',
  quantity: 2,
  unit: 'unit',
  ...change,
});
type Given = Partial<Omit<OrderRow, 'order'>> & { order?: Partial<Parameters<typeof sampleOrder>[0]> };
function row({ order = {}, ...change }: Given): OrderRow {
  const { personal: _, ...whole } = sampleOrder({
    platform: 'shop',
    storeId: 's',
    lines: [line()],
    ...order,
  });
  return rowOf('1', { ...change, order: whole });
}
const booked = (version: number, seconds: number) => ({
  erp: {
    erpId: 'x',
    version,
    at: '2026-11-22T12:00:00.000Z',
    stockBookedAt: new Date(Date.parse('2026-11-22T12:00:00.000Z') + seconds * 1000).toISOString(),
  },
});
const follow = (...rows: OrderRow[]): OrderClaims | undefined =>
  rows.reduce<OrderClaims | undefined>((known, one) => followOrder(known, one, RULES), undefined);
const followWith = (kits: Kits, known: OrderClaims | undefined, one: OrderRow) =>
  followOrder(known, one, { ...RULES, kits });
const taken = (claims: OrderClaims | undefined, key = 'l|A') => claims?.lines[key]?.history.at(-1)?.taken;

describe('what an order takes', () => {
  it('is given back when it is cancelled in the house, and never when it had left it', () => {
    const gone = {
      status: 'dispatched',
      kind: 'delivery',
      by: 'merchant',
      parcels: [],
    } satisfies Order['fulfilment'];
    const cancelled = { status: 'cancelled', countsAsSale: false } as const;

    const inTheHouse = follow(row({}), row({ version: 2, order: cancelled }));
    const onItsWay = follow(
      row({ order: { status: 'dispatched', fulfilment: gone } }),
      row({ version: 2, order: cancelled }),
    );

    expect([taken(inTheHouse), taken(onItsWay)]).toEqual([0, 2000]);
  });

  it('is not given back by a refund after hand-over, and is by one before', () => {
    const refunded = { payment: { status: 'refunded' as const }, countsAsSale: false };

    const before = follow(row({ order: refunded }));
    const after = follow(row({ order: { ...refunded, status: 'delivered' } }));

    expect([taken(before), taken(after)]).toEqual([0, 2000]);
  });

  it('is given back also once its store is taken out of the channels', () => {
    const known = follow(row({ version: 1 }));
    const cancelled = row({ version: 2, order: { status: 'cancelled' } });

    const after = followOrder(known, cancelled, { ...RULES, channels: [channel({ platform: 'other' })] });

    expect([taken(known), taken(after)]).toEqual([2000, 0]);
  });

  it('is claimed again, once, when a cancelled order is open again', () => {
    const rows = [row({}), row({ version: 2, order: { status: 'cancelled' } }), row({ version: 3 })];

    expect(follow(...rows, ...rows.slice(2))?.lines['l|A']?.history.map((one) => one.taken)).toEqual([
      2000, 0, 2000,
    ]);
  });

  it('of a line that is gone from the order, or has another SKU now, is nothing', () => {
    const replaced = follow(
      row({}),
      row({ version: 2, order: { lines: [line({ sku: 'B', quantity: 1 })] } }),
    );

    expect([taken(replaced), taken(replaced, 'l|B')]).toEqual([0, 1000]);
  });

  it('of a line that came later was nothing at the version that was booked before', () => {
    const added = row({
      version: 2,
      acknowledgements: booked(1, 0),
      order: { lines: [line(), line({ lineId: 'm', sku: 'B', quantity: 1 })] },
    });

    expect(follow(row({}), added)?.lines['m|B']?.history.map((one) => [one.version, one.taken])).toEqual([
      [1, 0],
      [2, 1000],
    ]);
  });

  it('counts kilograms exactly, and what was begun in full', () => {
    const weighed = follow(row({ order: { lines: [line({ quantity: 1.0005, unit: 'kg' })] } }));

    expect(taken(weighed)).toBe(1001);
  });

  it('of a kit is what its parts are made of', () => {
    const claims = claimsOf(rowOf('1'), followWith({ A: { SHIRT: 1, SOCK: 2 } }, undefined, row({}))!);

    expect(claims.map(({ sku, claim }) => [sku, claim.history[0]?.taken])).toEqual([
      ['SHIRT', 2000],
      ['SOCK', 4000],
    ]);
  });

  it('of a kit that is made of something else now takes nothing of what is in it no more', () => {
    const before = followWith({ A: { SHIRT: 1, SOCK: 2 } }, undefined, row({}))!;
    const after = followWith({ A: { SHIRT: 3 } }, before, row({ version: 2 }))!;

    const changed = changedClaims(rowOf('1'), before, after);

    expect(changed.map(({ sku, claim, before: was }) => [sku, was, claim.history.at(-1)?.taken])).toEqual([
      ['SHIRT', 2000, 6000],
      ['SOCK', 4000, 0],
    ]);
  });

  it.each([
    ['became one', {}, { A: { SHIRT: 1 } }],
    ['is one no more', { A: { SHIRT: 1 } }, {}],
  ])('of a kit that %s ends as what it was claimed as first, once its number is known', (_, first, then) => {
    const before = followWith(first, undefined, row({}))!;
    const after = followWith(then, before, row({ acknowledgements: booked(1, 60) }))!;

    const [now, was] = claimsOf(rowOf('1'), after).map(({ sku, claim }) => ({ sku, claim }));

    const newer = Date.parse('2026-11-22T12:02:00.000Z');
    const open = (one: typeof now) => claimed(one!.claim, newer, { baseMeans: 'available' });
    expect([now?.sku, was?.sku]).toEqual('A' in then ? ['SHIRT', 'A'] : ['A', 'SHIRT']);
    expect([open(now), open(was)]).toEqual([0, 0]);
    expect(isSettled(was!.claim, newer, { baseMeans: 'available' })).toBe(true);
  });

  it('of a kit gives nothing back of what is in it no more, where that was booked', () => {
    const given = { acknowledgements: booked(1, 0) };
    const before = followWith({ A: { SHIRT: 1, SOCK: 2 } }, undefined, row(given));

    const after = followWith({ A: { SHIRT: 1 } }, before, row({ ...given, version: 2 }))!;

    const sock = claimsOf(rowOf('1'), after).find(({ sku }) => sku === 'SOCK')!;
    const newer = Date.parse('2026-11-22T12:02:00.000Z');
    expect(claimed(sock.claim, newer, { baseMeans: 'available' })).toBe(0);
  });

  it('counts against every place of its store until a parcel names one', () => {
    const channels = [
      channel({ locationId: 'north', sells: ['n'] }),
      channel({ locationId: 'south', sells: ['s'] }),
    ];
    const parcels = [
      { parcelId: 'p', status: 'unpacked' as const, platformStatus: 'X', locationId: 'south' },
    ];
    const fulfilment = { status: 'unpacked' as const, kind: 'delivery' as const, by: 'merchant' as const };
    const where = (order: OrderRow) =>
      followOrder(undefined, order, { ...RULES, channels })?.lines['l|A']?.places;

    expect(where(row({}))).toEqual(['n', 's']);
    expect(where(row({ order: { fulfilment: { ...fulfilment, parcels } } }))).toEqual(['s']);
  });

  it('is booked by its owner only, and stays booked where a later acknowledgement tells of no stock', () => {
    const { erp } = booked(1, 0);
    const { stockBookedAt: _, ...plain } = { ...erp, version: 2 };

    const claims = follow(
      row({ acknowledgements: { erp, warehouse: { ...erp, version: 1, erpId: 'other' } } }),
      row({ version: 2, acknowledgements: { erp: plain } }),
    );
    const ofOthers = follow(row({ acknowledgements: { warehouse: erp } }));

    expect([claims?.bookings.map(({ version }) => version), ofOthers?.bookings]).toEqual([[1], []]);
  });

  it('is nothing where it was placed before stock was counted', () => {
    const since = '2026-11-22T12:00:00.000-03:00';
    const placed = (placedAt: string) =>
      followOrder(undefined, row({ order: { placedAt } }), { ...RULES, since }) !== undefined;

    expect([placed('2026-11-22T14:59:59.000Z'), placed('2026-11-22T15:00:00.000Z')]).toEqual([false, true]);
  });

  it('is the same however often its rows come, and an older one changes nothing', () => {
    const rows = fc.array(
      fc.record({
        quantity: fc.integer({ min: 0, max: 3 }),
        status: fc.constantFrom('received', 'cancelled', 'dispatched'),
      }),
      { minLength: 1, maxLength: 6 },
    );

    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat(5)), (given, repeats) => {
        const all = given.map(({ quantity, status }, index) =>
          row({ version: index + 1, order: { status: status as 'received', lines: [line({ quantity })] } }),
        );
        const plain = follow(...all);

        const repeated = follow(
          ...all.flatMap((one, index) => {
            const [{ value }] = [repeats.next()];
            return value === undefined ? [one] : [one, one, all[Math.min(index, value)]!];
          }),
        );

        expect(repeated).toEqual(plain);
      }),
    );
  });
});
