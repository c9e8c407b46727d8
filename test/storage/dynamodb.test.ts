import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  applied,
  documentClient,
  getItem,
  inPartition,
  itemBytes,
  queryAll,
  surelyFits,
  unstorableNumber,
} from '../../functions/storage/dynamodb.ts';
import { itemSize } from '../../local/cloud/dynamodb/item-size.ts';
import type { Json, JsonObject } from '../../local/cloud/json.ts';
import { localTables } from '../support/local-tables.ts';
import { type Behaviour, endpoint, useEndpoints } from '../support/silent-aws.ts';

const tables = localTables();
const numbered = z.object({ value: z.number() });
const put = (sk: string, more: object) =>
  tables.client.send(new PutCommand({ TableName: tables.table, Item: { pk: 'p', sk, ...more } }));

describe('a conditional write', () => {
  it('is applied, or refused by its condition', async () => {
    const refused = new ConditionalCheckFailedException({ message: '', $metadata: {} });

    expect(await applied(Promise.resolve())).toBe(true);
    expect(await applied(Promise.reject(refused))).toBe(false);
  });

  it('throws what is not about its condition', async () => {
    await expect(applied(Promise.reject(new Error('no table')))).rejects.toThrow('no table');
  });
});

describe('a plain write of an item that a transaction is about to write', () => {
  const conflict: Behaviour = (_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException' }));
  };
  const taken: Behaviour = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end('{}');
  };
  const write = async (behave: Behaviour) => {
    const table = await endpoint(behave);
    useEndpoints({ table });
    const done = documentClient().send(new PutCommand({ TableName: 't', Item: { pk: 'p', sk: 's' } }));
    return { table, done };
  };

  it('is made again: the transaction is over within milliseconds', async () => {
    const { table, done } = await write((...given) => (table.count === 1 ? conflict : taken)(...given));

    await expect(done).resolves.toBeDefined();
    expect(table.count).toBe(2);
  });

  it('fails where it stays so', async () => {
    const { done } = await write(conflict);

    await expect(done).rejects.toThrow(TransactionConflictException);
  });
});

describe('a query', () => {
  it('gives every item of every page, in order', async () => {
    for (const value of [3, 1, 2]) await put(`n#${value}`, { value });
    await put('other', { value: 9 });

    const query = { ...inPartition(tables.table, 'p', 'n#'), Limit: 1 };

    expect(await queryAll(tables.client, query, numbered)).toEqual([1, 2, 3].map((value) => ({ value })));
  });

  it('refuses an item of another shape', async () => {
    await put('text#1', { value: 'one' });

    const found = queryAll(tables.client, inPartition(tables.table, 'p', 'text#'), numbered);

    await expect(found).rejects.toThrow(z.ZodError);
  });
});

describe('an item', () => {
  it('is read by its key, or is undefined', async () => {
    await put('one', { value: 1, more: true });

    expect(await getItem(tables.client, tables.table, { pk: 'p', sk: 'one' }, () => numbered)).toEqual({
      value: 1,
    });
    expect(
      await getItem(tables.client, tables.table, { pk: 'p', sk: 'two' }, () => numbered),
    ).toBeUndefined();
  });
});

/** An item as it travels. */
const wireOf = (plain: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(plain).map(([key, one]) => [key, attribute(one)]));

function attribute(one: Json | undefined): JsonObject {
  if (one === null || one === undefined) return { NULL: true };
  if (typeof one === 'string') return { S: one };
  if (typeof one === 'number') return { N: String(one) };
  if (typeof one === 'boolean') return { BOOL: one };
  return Array.isArray(one) ? { L: one.map(attribute) } : { M: wireOf(one) };
}

const name = fc.string({ minLength: 1 }).filter((text) => !(text in {}));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((one) => one === 0 || Math.abs(one) > 1e-100),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(name, tie('value')),
  ),
})).value;
const item = fc.dictionary(name, value);

const numbersIn = (json: unknown): number =>
  typeof json === 'number'
    ? 1
    : typeof json === 'object' && json !== null
      ? Object.values(json).reduce<number>((sum, one) => sum + numbersIn(one), 0)
      : 0;

describe('the size of an item', () => {
  it('is what the service counts: never less, and more by at most a byte for each number', () => {
    fc.assert(
      fc.property(item, (plain) => {
        const counted = itemSize(wireOf(plain as JsonObject));

        expect(itemBytes(plain)).toBeGreaterThanOrEqual(counted);
        expect(itemBytes(plain)).toBeLessThanOrEqual(counted + numbersIn(plain));
      }),
    );
  });

  it('is never more than three bytes for each character of its JSON, so that small items need no counting', () => {
    fc.assert(
      fc.property(item, (plain) => {
        expect(itemBytes(plain)).toBeLessThanOrEqual(3 * JSON.stringify(plain).length);
      }),
    );
    expect(surelyFits({ text: 'ñ'.repeat(130_000) })).toBe(true);
    expect(surelyFits({ text: 'ñ'.repeat(140_000) })).toBe(false);
  });
});

describe('a number', () => {
  it.each([1e16, -1e16, 1e200, 1e-200, Number.NaN, Number.POSITIVE_INFINITY])(
    'that no table holds (%d) is found by its path',
    (quantity) => {
      expect(unstorableNumber({ order: { lines: [{ quantity: 1 }, { quantity }] } })).toBe(
        'order.lines.1.quantity',
      );
    },
  );

  it.each([0, 1, -0.5, 1e-100, Number.MAX_SAFE_INTEGER])(
    'that a table holds (%d) is none of those',
    (one) => {
      expect(unstorableNumber({ one })).toBeUndefined();
    },
  );
});
