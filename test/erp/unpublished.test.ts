import { describe, expect, it } from 'vitest';
import { findUnpublished } from '../../functions/erp/unpublished.ts';
import type { ChangesQuery } from '../../functions/storage/row-index.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';

const MINUTE_MS = 60_000;
const STORE = { platform: 'nuvemshop', storeId: '1' };
const clock = movedClock();
const now = clock.now();
const ago = (minutes: number): number => now - minutes * MINUTE_MS;

interface World {
  /** Minutes since the last event came into the feed; absent where it has none. */
  published?: number;
  /** By order, minutes since it changed last. */
  changed: Record<string, number>;
  /** Orders that wait for a person. */
  waiting?: string[];
}

async function lookedFor({ published, changed, waiting = [] }: World) {
  const metrics = countingMetrics();
  const key = (platformOrderId: string) => ({ ...STORE, platformOrderId });
  await findUnpublished({
    feed: {
      newest: async () => ({ epoch: 1, seq: 1, ...(published === undefined ? {} : { at: ago(published) }) }),
    },
    index: {
      changes: async ({ between }: ChangesQuery) => ({
        keys: Object.entries(changed)
          .map(([id, minutes]) => ({ id, at: ago(minutes) }))
          .filter(({ at }) => between !== undefined && at >= between.from && at <= between.to)
          .map(({ id, at }) => ({ ...key(id), changedAt: new Date(at).toISOString() })),
      }),
      needsReview: async () => waiting.map(key),
    },
    stores: [STORE],
    clock,
    metrics,
    log: keptLog(),
  });
  return { late: metrics.total('FeedLagSeconds'), isTold: metrics.seen('FeedLagSeconds') };
}

describe('a publisher that nobody runs', () => {
  it.each<[string, World]>([
    ['changes wait behind the last event', { published: 30, changed: { a: 20, b: 2 } }],
    ['nothing was ever published', { changed: { a: 20 } }],
    ['one order waits for a person, and another one is late', { changed: { a: 40, b: 20 }, waiting: ['a'] }],
  ])('is told by how late the oldest change is, where %s', async (_, world) => {
    const { late } = await lookedFor(world);

    expect(late).toBe(20 * 60);
  });
});

describe('nothing is told', () => {
  it.each<[string, World]>([
    ['while nothing has changed', { published: 600, changed: {} }],
    ['of what changed before the last event', { published: 10, changed: { a: 11 } }],
    ['of a change that may be on its way', { published: 10, changed: { a: 0.9 } }],
    ['of the moment by which two clocks differ', { published: 10, changed: { a: 9.95 } }],
    ['of an order that was not understood once more', { published: 10, changed: { a: 5 }, waiting: ['a'] }],
    ['of what the stream does not keep any more', { changed: { a: 25 * 60 } }],
  ])('%s', async (_, world) => {
    const { isTold } = await lookedFor(world);

    expect(isTold).toBe(false);
  });
});
