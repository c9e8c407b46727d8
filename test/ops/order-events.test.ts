import { expect, it, vi } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { PositionLost } from '../../functions/storage/feed.ts';
import { eventsOfOrder } from '../../ops/data/order-events.ts';
import { rowOf } from '../storage/samples.ts';

const BEGAN = Date.parse('2026-11-22T12:00:00.000Z');
const EPOCH = 1;

/** One event in each second, of which some are of the order. */
function feedOf(own: readonly number[]) {
  const events = Array.from({ length: 2_000 }, (_, second): FeedEvent => {
    const at = new Date(BEGAN + second * 1_000).toISOString();
    const key = `shop:s:${own.includes(second) ? 'mine' : 'other'}`;
    return { seq: second + 1, id: `e-${second}`, type: 'order.updated', at, key };
  });
  return {
    placeAt: async (from: number) => ({
      epoch: EPOCH,
      seq: events.filter(({ at }) => Date.parse(at) < from).length,
    }),
    read: vi.fn(async ({ seq }: { seq: number }, limit: number) => events.slice(seq, seq + limit)),
  };
}
const changedAfter = (seconds: number) =>
  rowOf('mine', {
    origin: { first: { via: 'webhook', at: BEGAN }, last: { via: 'webhook', at: BEGAN } },
    changedAt: new Date(BEGAN + seconds * 1_000).toISOString(),
  });
const seconds = (events: readonly FeedEvent[]) => events.map(({ seq }) => seq - 1);

it('the events of an order are those at its beginning and those lately', async () => {
  const feed = feedOf([0, 3, 900, 1_500, 1_503]);

  expect(seconds(await eventsOfOrder(feed, changedAfter(1_503)))).toEqual([0, 3, 1_500, 1_503]);
});

it('an event that both stretches have is told once', async () => {
  const feed = feedOf([0, 100]);

  expect(seconds(await eventsOfOrder(feed, changedAfter(100)))).toEqual([0, 100]);
});

it('the feed is read once where both times are at one place', async () => {
  const feed = feedOf([0]);

  await eventsOfOrder(feed, changedAfter(4));
  await eventsOfOrder({ ...feed, placeAt: async () => ({ epoch: EPOCH, seq: 0 }) }, changedAfter(9));

  expect(feed.read).toHaveBeenCalledTimes(2);
});

it('there are none where the feed began anew while it was read', async () => {
  const { placeAt } = feedOf([0]);
  const read = () => Promise.reject(new PositionLost('reset', { epoch: 2, seq: 0 }));

  expect(await eventsOfOrder({ placeAt, read }, changedAfter(9))).toEqual([]);
});
