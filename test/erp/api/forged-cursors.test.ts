import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeCursor } from '../../../functions/erp/api/cursor.ts';
import { places } from '../../../functions/erp/api/routes/changed-orders.ts';
import { rowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

/** A cursor is no secret and carries no signature: a client can make one up that has our form. */
const tables = localTables();
const api = apiBench(tables);
const token = api.token(['orders:read', 'commands'], 'erp');
const other = api.token(['commands'], 'warehouse');

beforeAll(async () => {
  for (const id of ['1', '2']) await api.orders.put(rowOf(id), 0);
  // Of a store that is not in the configuration.
  await api.orders.put(rowOf('foreign', { storeId: 'removed' }), 0);
  await api.feed.append({
    events: () => [
      { id: 'e-1', type: 'order.created', at: '2026-11-22T12:00:00.000Z', key: 'shop:s:1', version: 1 },
    ],
  });
  await api.call('POST', '/v1/commands', {
    token: other,
    body: { items: [{ id: 'theirs', order: 'shop:s:1', command: 'note', input: { text: 'Theirs' } }] },
  });
});

const LISTS = {
  orders: {
    path: (cursor: string) => `/v1/orders?cursor=${cursor}`,
    scope: {
      list: 'orders',
      filters: { status: [], platform: undefined, changedAfter: undefined },
      place: places,
    },
  },
  commands: {
    path: (cursor: string) => `/v1/commands?cursor=${cursor}`,
    scope: { list: 'commands', filters: {}, place: places },
  },
  events: {
    path: (cursor: string) => `/v1/events?after=${cursor}`,
    scope: { list: 'events', filters: [], place: places },
  },
} as const;
const listed = (list: keyof typeof LISTS, place: unknown) => {
  const { path, scope } = LISTS[list];
  return api.call('GET', path(writeCursor(scope as never, place as never)), { token });
};
const at = '2026-11-22T12:00:00.000Z';

describe('a cursor that somebody made up', () => {
  it.each<[keyof typeof LISTS, string, unknown]>([
    ['commands', 'with no id', { id: '' }],
    ['commands', 'with an id beyond what a key holds', { id: 'x'.repeat(5_000) }],
    ['commands', 'with half a character', { id: '\ud800' }],
    ['commands', 'with an operator', { id: { $gt: '' } }],
    ['orders', 'of a time that is none', { 'shop#s': { changedAt: 'x', id: '1' } }],
    ['orders', 'of an id beyond what a key holds', { 'shop#s': { changedAt: at, id: 'x'.repeat(5_000) } }],
    ['events', 'of a number that is none', { epoch: 1, seq: -1 }],
    ['events', 'of a fraction', { epoch: 1, seq: 0.5 }],
  ])('of %s, %s, is answered 400', async (list, _, place) => {
    const answer = await listed(list, place);

    expect([answer.status, answer.body.code]).toEqual([400, 'cursor-invalid']);
  });

  it('of any form is answered without a 5xx', async () => {
    const ids = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('', '#row#', '../..'),
    );
    const numbers = fc.oneof(fc.maxSafeInteger(), fc.nat(), fc.constantFrom(0, -1, 2 ** 53, 1e300));
    const forms = fc.oneof(
      fc.record({ id: ids }),
      fc.record({ epoch: numbers, seq: numbers }),
      fc.dictionary(
        fc.constantFrom('shop#s', 'shop#s-2', 'shop#removed', '__proto__', 'x'),
        fc.record({ changedAt: fc.constantFrom(at, '0000-01-01T00:00:00.000Z', 'x'), id: ids }),
      ),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('orders', 'commands', 'events'), forms, async (list, place) => {
        const { status } = await listed(list, place);
        expect([200, 400, 410]).toContain(status);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('shows no store that is not configured', async () => {
    const answer = await listed('orders', {
      'shop#removed': { changedAt: '2000-01-01T00:00:00.000Z', id: '0' },
    });

    expect(answer.status).toBe(200);
    expect(answer.body.items.map(({ id }: { id: string }) => id)).toEqual(['shop:s:1', 'shop:s:2']);
  });

  it('shows no command of another client', async () => {
    const answer = await listed('commands', { id: '0' });

    expect(answer.body.items).toEqual([]);
  });
});
