import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createListedIds } from '../../functions/storage/listed-ids.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const idsOf = (storeId: string) => createListedIds({ ...tables, platform: 'shop', storeId });
const NONE = { cycle: 'run-1', chunks: 0 };

it('remembers what several runs listed', async () => {
  const ids = idsOf('several');
  const first = await ids.add('products#1', NONE, ['a', 'é/#'], 0);
  const second = await ids.add('products#1', first, ['c'], 0);

  const known = await ids.load('products#1', second);

  expect(known).toEqual(['a', 'é/#', 'c']);
});

it('remembers more than one item holds, whatever is in it', async () => {
  const ids = idsOf('many');
  const all = Array.from({ length: 9_000 }, () => randomBytes(40).toString('hex'));
  const listed = await ids.add('customers', NONE, all, 0);

  const known = await ids.load('customers', listed);

  expect(listed.chunks).toBeGreaterThan(1);
  expect(known).toEqual(all);
});

it('knows nothing where a part is gone, or is of another look', async () => {
  const ids = idsOf('gone');
  const listed = await ids.add('customers', NONE, ['a'], 0);

  const known = await Promise.all([
    ids.load('customers', { ...listed, chunks: 2 }),
    ids.load('customers', { ...listed, cycle: 'run-2' }),
  ]);

  expect(known).toEqual([undefined, undefined]);
});
