import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createBackfillRequests } from '../../functions/storage/backfill-requests.ts';
import { foundCurrentKey, reconcilePk } from '../../functions/storage/control-keys.ts';
import {
  createFoundCurrentStore,
  FOUND_CURRENT_MS,
  MOST_FOUND,
} from '../../functions/storage/found-current.ts';
import {
  createMissingIds,
  createProgressStore,
  createReports,
} from '../../functions/storage/reconcile-memory.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const storeOf = (storeId: string) => ({ ...tables, platform: 'shop', storeId, clock: movedClock() });

describe('a backfill request', () => {
  it('only goes back, and tells that it was made again', async () => {
    const store = storeOf('back');
    const backfill = createBackfillRequests(store);

    const seen = [];
    for (const from of [5000, 7000, 3000]) {
      store.clock.move(1);
      await backfill.request(from);
      seen.push({ read: await backfill.read(), now: store.clock.now() });
    }

    expect(seen.map(({ read }) => read?.from)).toEqual([5000, 5000, 3000]);
    for (const { read, now } of seen) expect(read?.requestedAt).toBe(now);
  });

  it('is cleared by whoever read it', async () => {
    const backfill = createBackfillRequests(storeOf('cleared'));
    await backfill.request(5000);

    await backfill.clear((await backfill.read())!);

    expect(await backfill.read()).toBeUndefined();
  });

  it('stays when another was made since it was read', async () => {
    const store = storeOf('newer');
    const backfill = createBackfillRequests(store);
    await backfill.request(5000);
    const read = (await backfill.read())!;
    store.clock.move(1);
    await backfill.request(7000);

    await backfill.clear(read);

    expect(await backfill.read()).toMatchObject({ from: 5000 });
  });
});

describe('the progress of scans', () => {
  const progress = { since: 1, until: 2, gaps: [{ from: 1, to: 2 }], sliceMs: 3, workedAt: 4, revision: 0 };

  it('is read by the name of the scan', async () => {
    const store = createProgressStore(storeOf('progress'));
    await store.save('recent', progress);
    await store.save('all#2', { ...progress, until: 9 });

    expect(await store.load()).toEqual(
      new Map([
        ['all#2', { ...progress, until: 9, revision: 1 }],
        ['recent', { ...progress, revision: 1 }],
      ]),
    );
  });

  it('is not written over by a run that read it before another wrote', async () => {
    const store = createProgressStore(storeOf('overtaken'));
    const saved = await store.save('recent', progress);
    await store.save('recent', saved);

    await expect(store.save('recent', saved)).rejects.toThrow('another run moved scan recent on');
  });
});

describe('missing ids', () => {
  it('are none before the first run, and then what was saved last', async () => {
    const missing = createMissingIds(storeOf('missing'));

    expect(await missing.load()).toEqual({});
    await missing.save({ a: { since: 1 } });
    await missing.save({ b: { since: 2, askAgainAt: 3 } });
    expect(await missing.load()).toEqual({ b: { since: 2, askAgainAt: 3 } });
  });
});

describe('what scans found current', () => {
  const at = Date.parse('2026-11-22T12:00:00.000Z');
  const found = {
    checkedAt: at,
    readAt: new Map([
      [2 ** 48 - 1, at],
      [7, at - 90_000],
    ]),
  };

  it('is read by the name of the scan, and nothing of it is younger than it was', async () => {
    const store = createFoundCurrentStore(storeOf('current'));
    await store.save('recent#1', found);

    const read = (await store.load()).get('recent#1');

    expect(read).toEqual({
      checkedAt: at,
      readAt: new Map([
        [2 ** 48 - 1, at],
        [7, at - 120_000],
      ]),
    });
  });

  it('expires once none of it counts any more', async () => {
    const store = storeOf('current-expires');
    await createFoundCurrentStore(store).save('recent', found);

    const { Item } = await tables.client.send(
      new GetCommand({ TableName: tables.table, Key: foundCurrentKey(store, 'recent') }),
    );

    expect(Item?.expiresAt).toBe((at + FOUND_CURRENT_MS) / 1000);
  });

  it('fits an item, however much it is', async () => {
    const store = createFoundCurrentStore(storeOf('current-most'));
    const readAt = new Map(Array.from({ length: MOST_FOUND }, (_, fingerprint) => [fingerprint, at]));

    await store.save('recent', { checkedAt: at, readAt });

    expect((await store.load()).get('recent')?.readAt.size).toBe(MOST_FOUND);
  });

  it('is forgotten at once, of every scan of the store', async () => {
    const [store, other] = [storeOf('forgets'), storeOf('forgets-not')].map(createFoundCurrentStore);
    await store!.save('recent#1', found);
    await store!.save('recent#2', found);
    await other!.save('recent#1', found);

    const forgotten = await store!.forget();

    expect(forgotten).toBe(2);
    expect((await store!.load()).size).toBe(0);
    expect((await other!.load()).size).toBe(1);
  });
});

describe('the reports of a store', () => {
  it('sort by their time, whole, and expire after 30 days', async () => {
    const store = storeOf('reports');
    const reports = createReports(store);
    const reportAt = (time: string) => ({ runId: 'r', startedAt: time, endedAt: time, problems: ['p'] });
    await reports.keep(reportAt('2026-11-22T12:00:00.000Z'));
    await reports.keep(reportAt('2026-11-21T12:00:00.000Z'));

    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: tables.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': reconcilePk(store) },
      }),
    );

    expect(Items).toMatchObject([
      reportAt('2026-11-21T12:00:00.000Z'),
      { ...reportAt('2026-11-22T12:00:00.000Z'), expiresAt: Date.parse('2026-12-22T12:00:00.000Z') / 1000 },
    ]);
  });
});
