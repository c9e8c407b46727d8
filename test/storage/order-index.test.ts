import { beforeAll, describe, expect, it } from 'vitest';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { localTables } from '../support/local-tables.ts';
import { rowOf } from './samples.ts';

const tables = localTables();
const index = () => createOrderIndex(tables.client, tables.table);
const orders = () => createOrderStore(tables.client, tables.table);
const minute = (minutes: number) => Date.parse('2026-11-22T12:00:00.000Z') + minutes * 60_000;
const idsOf = (keys: { platformOrderId: string }[]) => keys.map(({ platformOrderId }) => platformOrderId);
const reviewed = (minutes: number) => ({
  state: 'needs-review' as const,
  review: { reason: 'schema-mismatch' as const, problem: 'p', at: minute(minutes) },
});

beforeAll(async () => {
  for (const minutes of [3, 1, 2])
    await orders().put(rowOf(`o#${minutes}`, { changedAt: new Date(minute(minutes)).toISOString() }), 0);
  await orders().put(rowOf('elsewhere', { storeId: 'other' }), 0);
  const raws = createRawStore({ ...tables, days: 1, now: () => minute(0) });
  await raws.put(rowOf('o#1'), Buffer.from('{}'));
});

describe('the changes of a store', () => {
  const store = { platform: 'shop', storeId: 's' };

  it('are its orders, the one changed longest ago first', async () => {
    const { keys, next } = await index().changes(store);

    expect(keys).toEqual(
      ['o#1', 'o#2', 'o#3'].map((platformOrderId, at) => ({
        ...store,
        platformOrderId,
        changedAt: new Date(minute(at + 1)).toISOString(),
      })),
    );
    expect(next).toBeUndefined();
  });

  it('are walked page by page', async () => {
    const found: string[] = [];
    let after: Awaited<ReturnType<ReturnType<typeof index>['changes']>>['next'];
    do {
      const page = await index().changes({ ...store, limit: 2, ...(after ? { after } : {}) });
      found.push(...idsOf(page.keys));
      after = page.next;
    } while (after !== undefined);

    expect(found).toEqual(['o#1', 'o#2', 'o#3']);
  });

  it('are found between two times, both included', async () => {
    const { keys } = await index().changes({ ...store, between: { from: minute(2), to: minute(3) } });

    expect(idsOf(keys)).toEqual(['o#2', 'o#3']);
  });
});

describe('the orders that need review', () => {
  it('are found for the whole platform, the oldest review first, until they are settled', async () => {
    // Arrange
    await orders().put(rowOf('late', reviewed(9)), 0);
    await orders().put(rowOf('early', { ...reviewed(5), storeId: 'other' }), 0);
    await orders().put(rowOf('apart', { ...reviewed(1), platform: 'mall' }), 0);

    // Act
    const before = await index().needsReview('shop');
    await orders().put(rowOf('late', { ...reviewed(9), state: 'ok', revision: 2 }), 1);
    const after = await index().needsReview('shop');

    // Assert
    expect(idsOf(before)).toEqual(['early', 'late']);
    expect(idsOf(after)).toEqual(['early']);
  });
});
