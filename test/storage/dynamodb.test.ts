import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { applied, getItem, inPartition, queryAll } from '../../functions/storage/dynamodb.ts';
import { localTables } from '../support/local-tables.ts';

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

    expect(await getItem(tables.client, tables.table, { pk: 'p', sk: 'one' }, numbered)).toEqual({
      value: 1,
    });
    expect(await getItem(tables.client, tables.table, { pk: 'p', sk: 'two' }, numbered)).toBeUndefined();
  });
});
