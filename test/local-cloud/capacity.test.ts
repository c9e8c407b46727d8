import { describe, expect, it } from 'vitest';
import {
  type CountedIndex,
  countedIndexes,
  indexUnits,
  WriteCapacity,
} from '../../local/cloud/dynamodb/capacity.ts';
import type { JsonObject } from '../../local/cloud/json.ts';

const schema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];
const index = (IndexName: string, ProjectionType: 'ALL' | 'INCLUDE' | 'KEYS_ONLY', more: object = {}) => ({
  IndexName,
  KeySchema: schema('state', 'at'),
  Projection: { ProjectionType, ...more },
});
/** Three indexes by the same keys, which differ in what an entry of them has. */
const indexes: CountedIndex[] = countedIndexes({
  KeySchema: schema('pk', 'sk'),
  GlobalSecondaryIndexes: [
    index('keys', 'KEYS_ONLY'),
    index('included', 'INCLUDE', { NonKeyAttributes: ['total'] }),
    index('all', 'ALL'),
  ],
});

const item = (attributes: Record<string, string>): JsonObject =>
  Object.fromEntries(Object.entries({ pk: 'p', sk: 's', ...attributes }).map(([name, S]) => [name, { S }]));
const waiting = { state: 'waiting', at: '01' };
const KILOBYTE = 'x'.repeat(1024);

describe('what a write takes of the global indexes', () => {
  it.each([
    ['an item that is new in them', undefined, waiting, { keys: 1, included: 1, all: 1 }],
    ['an item that is deleted', waiting, undefined, { keys: 1, included: 1, all: 1 }],
    ['an item that gets their keys', {}, waiting, { keys: 1, included: 1, all: 1 }],
    ['an item that loses one of their keys', waiting, { at: '01' }, { keys: 1, included: 1, all: 1 }],
    ['a key that changes', waiting, { ...waiting, at: '02' }, { keys: 2, included: 2, all: 2 }],
    ['an attribute that two of them have', waiting, { ...waiting, total: '5' }, { included: 1, all: 1 }],
    ['an attribute that one of them has', waiting, { ...waiting, note: 'n' }, { all: 1 }],
    ['a write that changes nothing', waiting, waiting, {}],
    ['an item that lacks one of their keys', undefined, { at: '01' }, {}],
    ['an item outside of them that changes', { note: 'a' }, { note: 'b' }, {}],
    ['an item that was not there to be deleted', undefined, undefined, {}],
  ])('%s', (_, before, after, expected) => {
    const units = indexUnits(indexes, before && item(before), after && item(after));

    expect(units).toEqual(expected);
  });

  it('is by the size of the entry, and not of the item', () => {
    const units = indexUnits(indexes, undefined, item({ ...waiting, note: KILOBYTE }));

    expect(units).toEqual({ keys: 1, included: 1, all: 2 });
  });

  it('is by the larger of both entries where one is overwritten', () => {
    const units = indexUnits(indexes, item({ ...waiting, total: KILOBYTE }), item(waiting));

    expect(units).toEqual({ included: 2, all: 2 });
  });

  it('is by the size of each entry where its keys change', () => {
    const small = item({ ...waiting, at: '02' });

    const units = indexUnits(indexes, item({ ...waiting, note: KILOBYTE }), small);

    expect(units).toEqual({ keys: 2, included: 2, all: 3 });
  });
});

describe('the capacity of a call', () => {
  const byTable = (table: string) => (table === 'orders' ? indexes.slice(0, 1) : []);

  it('is that of the table and of each index, for each table', () => {
    const capacity = new WriteCapacity(byTable);

    capacity.wrote('orders', undefined, item({ ...waiting, note: KILOBYTE }));
    capacity.wrote('orders', undefined, item({}));
    capacity.wrote('control', item(waiting), undefined);

    expect(capacity.told('INDEXES')).toEqual([
      {
        TableName: 'orders',
        CapacityUnits: 4,
        Table: { CapacityUnits: 3 },
        GlobalSecondaryIndexes: { keys: { CapacityUnits: 1 } },
      },
      { TableName: 'control', CapacityUnits: 1, Table: { CapacityUnits: 1 } },
    ]);
  });

  it('is told together where no more is asked for', () => {
    const capacity = new WriteCapacity(byTable);

    capacity.wrote('orders', undefined, item(waiting));

    expect(capacity.told('TOTAL')).toEqual([{ TableName: 'orders', CapacityUnits: 2 }]);
  });

  it('is twice that of the table in a transaction, and once that of an index', () => {
    const capacity = new WriteCapacity(byTable, { transacted: true });

    capacity.wrote('orders', item(waiting), item({ ...waiting, at: '02' }));

    expect(capacity.told('INDEXES')).toMatchObject([
      { Table: { CapacityUnits: 2 }, GlobalSecondaryIndexes: { keys: { CapacityUnits: 2 } } },
    ]);
  });
});
