import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { readListedOrder, reconciliation } from '../../../functions/platforms/nuvemshop/reconcile.ts';
import { fakeApi } from './fake-api.ts';
import { storeWith } from './open-client.ts';

const { compare } = reconciliation;
const T = Date.parse('2026-11-20T10:00:00Z');
const ASKED = T + 3 * 3_600_000;
const row = (change: object = {}, words: object = {}, order: object = {}): OrderRow =>
  ({
    state: 'ok',
    observedAt: T + 5000,
    sourceTime: T,
    order: {
      platformStatus: { status: 'open', payment: 'paid', fulfilment: 'unpacked', ...words },
      ...order,
    },
    ...change,
  }) as OrderRow;
const entry = (change: object = {}) =>
  readListedOrder({
    id: 77,
    status: 'open',
    payment_status: 'paid',
    shipping_status: 'unpacked',
    updated_at: '2026-11-20T10:00:00+0000',
    cancelled_at: null,
    ...change,
  })!;

describe('the comparison of a listed Nuvemshop order with its row', () => {
  it.each([
    ['no row', undefined, entry(), 'missing'],
    ['the same time and words', row(), entry(), 'current'],
    ['a row of a later time of the order', row({ sourceTime: T + 60_000 }), entry(), 'current'],
    ['a later update', row(), entry({ updated_at: '2026-11-20T10:00:01+0000' }), 'stale'],
    ['a later cancellation', row(), entry({ cancelled_at: '2026-11-20T11:00:00+0000' }), 'stale'],
    [
      'a payment at a PHP date',
      row(),
      entry({ paid_at: { date: '2026-11-20 11:00:00.000000', timezone: 'UTC' } }),
      'stale',
    ],
    ['another word only', row(), entry({ shipping_status: 'shipped' }), 'stale'],
    ['a word that is gone', row(), entry({ payment_status: null }), 'stale'],
    [
      'another word, fetched within the hour',
      row({ observedAt: ASKED - 60_000 }),
      entry({ shipping_status: 'shipped' }),
      'current',
    ],
    [
      'a later update, but fetched after the list',
      row({ observedAt: ASKED + 5000 }),
      entry({ updated_at: '2026-11-20T11:00:00Z' }),
      'current',
    ],
    [
      'no parcels yet, of a young order',
      row({ incomplete: true }, {}, { placedAt: '2026-11-20T10:00:00.000Z' }),
      entry(),
      'stale',
    ],
    [
      'no parcels yet, fetched within the hour',
      row({ incomplete: true, observedAt: ASKED - 60_000 }, {}, { placedAt: '2026-11-20T10:00:00.000Z' }),
      entry(),
      'current',
    ],
    [
      'no parcels, of an order that gets none any more',
      row({ incomplete: true }, {}, { placedAt: '2026-11-10T10:00:00.000Z' }),
      entry(),
      'current',
    ],
    ['a row without a time', row({ sourceTime: undefined }), entry(), 'stale'],
    ['no time in the list', row(), entry({ updated_at: 'soon' }), 'current'],
    ['attention, seen in this state', row({ state: 'needs-review', order: undefined }), entry(), 'current'],
    ['attention, changed since', row({ state: 'needs-review', observedAt: T - 1 }), entry(), 'stale'],
    [
      'attention, not found before',
      row({ state: 'needs-review', review: { reason: 'not-found-at-platform' } }),
      entry(),
      'stale',
    ],
  ] as const)('%s', (_what, known, listed, verdict) => {
    expect(compare(known, listed, ASKED)).toBe(verdict);
  });

  it.each([[null], [{}], [{ id: 'x' }], [{ id: 1.5 }], ['text'], [[]]])('reads no state of %j', (odd) => {
    expect(readListedOrder(odd)).toBeUndefined();
  });

  it('reads what it can of odd types, and keeps every digit of an id', () => {
    expect(readListedOrder({ id: '9007199254740993', status: 5, updated_at: 7, paid_at: {} })).toEqual({
      orderId: '9007199254740993',
      status: {},
    });
  });
});

describe('the scans of a store', () => {
  const HOUR_MS = 3_600_000;
  const DAY_MS = 24 * HOUR_MS;
  const store = storeWith();

  it('look at what was updated in every run, and once a day at what was created lately', () => {
    const [updated, created, ...more] = reconciliation.scans(store);

    expect(more).toEqual([]);
    expect(updated).toEqual({
      name: 'updated',
      query: { by: 'updated_at' },
      order: 0,
      everyMs: 0,
      lookbackMs: HOUR_MS,
      firstMs: 30 * DAY_MS,
      keptMs: 3650 * DAY_MS,
      longestSliceMs: DAY_MS,
      quietPeriodMs: 180_000,
    });
    expect(created).toEqual({
      name: 'created',
      query: { by: 'created_at' },
      order: 1,
      everyMs: DAY_MS,
      lookbackMs: 14 * DAY_MS,
      firstMs: 14 * DAY_MS,
      keptMs: 3650 * DAY_MS,
      longestSliceMs: 7 * DAY_MS,
      quietPeriodMs: 180_000,
    });
    expect(reconciliation.everyMinutes(store)).toBe(15);
  });

  it.each([
    ['updated', 'updated_at'],
    ['created', 'created_at'],
  ])('ask for the times and statuses of what was %s, and for nobody', async (name, by) => {
    const { client, calls } = fakeApi(() => ({ body: [{ id: 77, status: 'open' }, { id: 'x' }] }));
    const scan = reconciliation.scans(store).find((one) => one.name === name)!;

    const pages = [];
    for await (const page of reconciliation.list(client, scan, { from: T, to: ASKED })) pages.push(page);

    expect(pages).toMatchObject([{ orders: [{ orderId: '77', status: { status: 'open' } }] }]);
    expect(pages[0]?.unreadable).toHaveLength(1);
    const query = new URL(calls[0]!.url).searchParams;
    expect(query.get(`${by}_min`)).toBe(new Date(T).toISOString());
    expect(query.get(`${by}_max`)).toBe(new Date(ASKED).toISOString());
    expect(query.get('fields')?.split(',')).toEqual(
      expect.arrayContaining(['id', 'updated_at', 'closed_at']),
    );
    expect(query.get('fields')).not.toMatch(/contact|customer|address/);
  });
});
