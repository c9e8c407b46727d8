import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { createCatchUpProgress } from '../../functions/storage/catch-up-progress.ts';
import { catchUpKey, feedPageKey, feedPointerKey } from '../../functions/storage/erp-keys.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import type { ItemKey } from '../../functions/storage/keys.ts';
import { feedTables, some } from './feed-tables.ts';

const { tables, clock, open, startAt, writer } = feedTables();

// What stands in the tables is read by the next release too: a pin changes with a line in the changelog.

async function stored(Key: ItemKey) {
  return (await tables.client.send(new GetCommand({ TableName: tables.table, Key }))).Item;
}

it('a page of the feed', async () => {
  const epoch = await startAt(10_000);

  await writer().append(some(1, 1, 'batch'));

  expect(await stored(feedPageKey(epoch, 10_001))).toEqual({
    pk: `feed#${epoch}#1`,
    sk: '000000000010001',
    at: clock.now(),
    batch: { mark: 'batch', before: 0 },
    count: 1,
    body: JSON.stringify(some(1).events(epoch)),
    expiresAt: expect.any(Number),
  });
});

it('a page that closes an epoch, and the pointer of the next one', async () => {
  const old = await startAt(0);

  const { epoch } = await startEpoch(open());

  expect(await stored(feedPageKey(old, 1))).toEqual({
    pk: `feed#${old}#0`,
    sk: '000000000000001',
    at: clock.now(),
    count: 0,
    body: '[]',
    closed: true,
    expiresAt: expect.any(Number),
  });
  expect(await stored(feedPointerKey())).toEqual({
    pk: 'feed-pointer',
    sk: 'pointer',
    at: clock.now(),
    epoch,
    seq: 0,
  });
});

it('how far a catch-up has come', async () => {
  const store = { platform: 'shop', storeId: 's' };
  const progress = {
    ...store,
    after: { pk: 'shop#s#order#1', changedAt: 'then' },
    published: 3,
    done: false,
  };

  await createCatchUpProgress(tables).write(progress);

  expect(await stored(catchUpKey(store))).toEqual({ pk: 'feed-catch-up', sk: 'shop#s', ...progress });
});
