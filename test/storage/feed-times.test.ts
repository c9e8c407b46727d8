import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FeedPage } from '../../functions/storage/feed-pages.ts';
import { createFeedTimes, lastBefore } from '../../functions/storage/feed-times.ts';
import { DAY_MS, eventNumber, feedTables } from './feed-tables.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** Pages of a feed that is a list of times; each page is as long as is said, the last one as long as is left. */
function pagesOf(times: readonly number[], lengths: readonly number[]): FeedPage[] {
  const pages: FeedPage[] = [];
  let from = 1;
  for (const length of [...lengths, times.length]) {
    const events = times
      .slice(from - 1, from - 1 + length)
      .map((ms, index) => ({ ...eventNumber(from + index, 1), at: iso(ms) }));
    if (events.length > 0)
      pages.push({ from, events, at: Math.max(...events.map(({ at }) => Date.parse(at))) });
    from += events.length;
  }
  return pages;
}

/** The last page that begins with an event or before it, as the table answers. */
const of = (pages: readonly FeedPage[]) => async (seq: number) => pages.findLast(({ from }) => from <= seq);

describe('the last event before a time', () => {
  const arbitraryTimes = fc
    .array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 })
    .map((ms) => ms.toSorted((one, other) => one - other));
  const arbitraryLengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 });
  const arbitraryTime = fc.integer({ min: -1, max: 51 });

  it('is found whatever pages the events stand in', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTimes, arbitraryLengths, arbitraryTime, async (times, lengths, from) => {
        const page = of(pagesOf(times, lengths));

        const seq = await lastBefore(page, { head: times.length, since: 0, from });

        expect(seq).toBe(times.filter((one) => one < from).length);
      }),
    );
  });

  it('is never in a page that is too old, whether or not the table deleted it', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryTimes,
        arbitraryLengths,
        arbitraryTime,
        fc.array(fc.boolean()),
        async (times, lengths, since, deleted) => {
          const all = pagesOf(times, lengths);
          const young = all.filter(({ at }) => at >= since);
          const there = all.filter((page, index) => young.includes(page) || deleted[index] !== true);

          const seq = await lastBefore(of(there), { head: times.length, since, from: -1 });

          expect(seq).toBe(times.length - young.flatMap(({ events }) => events).length);
        },
      ),
    );
  });

  it('among ten thousand pages takes one read for each halving', async () => {
    const times = Array.from({ length: 10_000 }, (_, index) => index);
    const pages = times.map(
      (ms): FeedPage => ({ from: ms + 1, events: [{ ...eventNumber(1, 1), at: iso(ms) }], at: ms }),
    );
    const page = vi.fn(async (seq: number) => pages[seq - 1]);

    const seq = await lastBefore(page, { head: times.length, since: 0, from: 7_777 });

    expect(seq).toBe(7_777);
    expect(page.mock.calls.length).toBeLessThanOrEqual(14);
  });
});

describe('the place of a time', () => {
  const { tables, clock, open, startAt, writer } = feedTables();
  afterEach(() => void vi.restoreAllMocks());
  const append = (first: number, ...times: number[]) =>
    writer().append({
      events: (epoch) => times.map((ms, index) => ({ ...eventNumber(first + index, epoch), at: iso(ms) })),
    });

  it('is behind the last event before it', async () => {
    const epoch = await startAt(0);
    const now = clock.now();
    await append(1, now - 3_000, now - 2_000);
    await append(3, now - 1_000);

    const { placeAt } = createFeedTimes(open());

    expect(await placeAt(now - 2_000)).toEqual({ epoch, seq: 1 });
    expect(await placeAt(now - 500)).toEqual({ epoch, seq: 3 });
  });

  it('is the oldest that can be read from, for a time before that', async () => {
    const epoch = await startAt(0);
    await append(1, clock.now());
    clock.move(20 * DAY_MS);
    await append(2, clock.now());
    clock.move(12 * DAY_MS);

    expect(await createFeedTimes(open()).placeAt(0)).toEqual({ epoch, seq: 1 });
  });

  it('and that of another time read the end of the feed and the same pages once', async () => {
    await startAt(0);
    const now = clock.now();
    await append(1, now - 3_000, now - 2_000, now - 1_000);
    const sent = vi.spyOn(tables.client, 'send');

    const { placeAt } = createFeedTimes(open());
    await Promise.all([placeAt(now - 2_500), placeAt(now - 1_500)]);

    const read = sent.mock.calls.map(([{ input }]) => JSON.stringify(input));
    expect(new Set(read).size).toBe(read.length);
    // The pointer, the end, and the one page that there is.
    expect(read).toHaveLength(3);
  });
});
