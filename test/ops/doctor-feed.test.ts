import { beforeAll, describe, expect, it } from 'vitest';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import type { ChangesQuery } from '../../functions/storage/row-index.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { erpStanding } from '../../ops/data/erp.ts';
import { feedFindings } from '../../ops/doctor/work-findings.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const MINUTE_MS = 60_000;
const STORE = { platform: 'shop', storeId: 's' };
const tables = localTables();
const clock = movedClock();
const published = clock.now();
/** When the operator looks: 40 minutes after the last event. */
const now = published + 40 * MINUTE_MS;

beforeAll(async () => {
  const control = { ...tables, clock: { now: () => published } };
  await startEpoch(control);
  const at = new Date(published).toISOString();
  const event = { id: 'e', type: 'order.updated', at, key: 'shop:s:1', version: 1 } as const;
  await createFeedWriter(control).append({ events: () => [event] });
});

/**
 * A merchant as an operator finds it.
 *
 * @param changed minutes since each order changed last; `waiting`: those that wait for a person
 */
function contextWith(changed: readonly number[], waiting: readonly number[] = []): OperatorContext {
  const keyOf = (minutes: number) => ({ ...STORE, platformOrderId: String(minutes) });
  const index = {
    changes: async ({ between, newestFirst = false }: ChangesQuery) => {
      const keys = changed
        .map((minutes) => ({ minutes, at: now - minutes * MINUTE_MS }))
        .filter(({ at }) => between === undefined || (at >= between.from && at <= between.to))
        .sort((one, other) => (newestFirst ? other.at - one.at : one.at - other.at))
        .map(({ minutes, at }) => ({ ...keyOf(minutes), changedAt: new Date(at).toISOString() }));
      return { keys };
    },
    needsReview: async () => waiting.map(keyOf),
  };
  const control = { ...tables, clock: { ...clock, now: () => now } };
  const webhooks = { feed: createFeedReader(control), list: async () => [] };
  const merchant = { erp: {} };
  const given = { merchant, countGivenUp: async () => 0 };
  return { control, index, stores: [STORE], webhooks, ...given } as unknown as OperatorContext;
}

describe('the feed of a merchant', () => {
  it.each([
    ['red where changes wait, though the newest one is of this moment', [30, 0.1], [], 'red'],
    ['yellow where a change has waited for some minutes', [3], [], 'yellow'],
    ['green where a change may be on its way', [0.5], [], 'green'],
    ['green where an order was not understood once more', [30], [30], 'green'],
    ['green where nothing has changed since', [50], [], 'green'],
  ])('is %s', async (_, changed, waiting, level) => {
    const [found] = await feedFindings(contextWith(changed, waiting));

    expect(found?.level).toBe(level);
  });
  it.each([
    ['by which article, while it stands still', [30, 0.1], 'publisher-behind'],
    ['by which article, while it is late', [3], 'feed-late'],
    ['nothing, while no change waits', [50], undefined],
  ])('tells the page %s', async (_, changed, article) => {
    const { late } = await erpStanding(contextWith(changed));

    expect(late?.article).toBe(article);
  });
});
