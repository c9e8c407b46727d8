import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createPendingFetches } from '../../functions/storage/pending-fetches.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const MINUTE = 60_000;

const storedOf = <T extends { me: string }>({ me, ...fetch }: T) => ({ ...fetch, owner: me });

function bench(storeId: string) {
  const clock = movedClock();
  const store = { ...tables, platform: 'shop', storeId, clock };
  const pending = createPendingFetches(store);
  const fetchOf = (change: Partial<Parameters<typeof pending.schedule>[1]> = {}) => ({
    me: 'first',
    scheduledAt: clock.now() + 5 * MINUTE,
    staleSince: clock.now(),
    priority: 'urgent' as const,
    ...change,
  });
  const eventOf = (change: object = {}) => ({
    me: 'second',
    receivedAt: clock.now() + 10,
    priority: 'urgent' as const,
    ...change,
  });
  /** The same with somebody who does something right before each write. */
  const overtakenBy = (work: () => Promise<void>) => {
    let busy = false;
    const send = async (command: UpdateCommand) => {
      if (command instanceof UpdateCommand && !busy) {
        busy = true;
        await work();
      }
      return tables.client.send(command);
    };
    return createPendingFetches({ ...store, client: { send } as unknown as typeof tables.client });
  };
  return { clock, pending, fetchOf, eventOf, overtakenBy };
}

const ORDER = { resource: 'order', id: 'o' } as const;
const OTHER = { resource: 'order', id: 'other' } as const;

describe('a pending fetch', () => {
  it('is read as it was scheduled', async () => {
    const { pending, fetchOf } = bench('read');

    await pending.schedule(ORDER, fetchOf());

    expect(await pending.get(ORDER)).toEqual(storedOf(fetchOf()));
    expect(await pending.get(OTHER)).toBeUndefined();
  });

  it('serves an event that comes before it, and knows of it', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('serves');
    await pending.schedule(ORDER, fetchOf());

    expect(await pending.coalesce(ORDER, eventOf(), await pending.get(ORDER))).toBe(true);
    expect(await pending.get(ORDER)).toMatchObject({ owner: 'first', staleSince: clock.now() + 10 });
  });

  it('does not serve the event that it was scheduled for', async () => {
    const { pending, fetchOf, eventOf } = bench('own');
    await pending.schedule(ORDER, fetchOf());

    expect(await pending.coalesce(ORDER, eventOf({ me: 'first' }), await pending.get(ORDER))).toBe(false);
  });

  it.each([
    ['another message took it over', { me: 'third' }],
    ['it moved to this moment', { scheduledAt: Date.parse('2026-11-22T12:00:00.000Z') }],
    ['another event joined it', { staleSince: Date.parse('2026-11-22T12:00:00.005Z') }],
  ])('does not serve an event while which was looked at %s', async (what, change) => {
    const { pending, fetchOf, eventOf, overtakenBy } = bench(`overtaken-${what}`);
    await pending.schedule(ORDER, fetchOf());
    const overtaken = overtakenBy(() => pending.schedule(ORDER, fetchOf(change)));

    expect(await overtaken.coalesce(ORDER, eventOf(), await overtaken.get(ORDER))).toBe(false);
    expect(await pending.get(ORDER)).toEqual(storedOf(fetchOf(change)));
  });

  it('still knows of the events that joined it when its owner waits anew', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('anew');
    await pending.schedule(ORDER, fetchOf());
    await pending.coalesce(ORDER, eventOf(), await pending.get(ORDER));

    await pending.schedule(ORDER, fetchOf({ scheduledAt: clock.now() + 10 * MINUTE }));

    expect(await pending.get(ORDER)).toMatchObject({ staleSince: clock.now() + 10 });
  });

  it('learns of an event that joins it right before its owner waits anew', async () => {
    const { pending, fetchOf, eventOf, clock, overtakenBy } = bench('anew-overtaken');
    await pending.schedule(ORDER, fetchOf());
    const overtaken = overtakenBy(
      async () => void (await pending.coalesce(ORDER, eventOf(), await pending.get(ORDER))),
    );

    await overtaken.schedule(ORDER, fetchOf({ scheduledAt: clock.now() + 10 * MINUTE }));

    expect(await pending.get(ORDER)).toMatchObject({ staleSince: clock.now() + 10 });
  });

  it('does not serve an event when it may begin in a moment', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('soon');
    await pending.schedule(ORDER, fetchOf({ scheduledAt: clock.now() + 3500 }));

    expect(await pending.coalesce(ORDER, eventOf(), await pending.get(ORDER))).toBe(false);
  });

  it('does not serve an event that is more urgent', async () => {
    const { pending, fetchOf, eventOf } = bench('urgent');
    await pending.schedule(ORDER, fetchOf({ priority: 'bulk' }));

    expect(await pending.coalesce(ORDER, eventOf(), await pending.get(ORDER))).toBe(false);
  });

  it('gives way to a more urgent one', async () => {
    const { pending, fetchOf } = bench('gives-way');
    await pending.schedule(ORDER, fetchOf({ priority: 'bulk' }));

    await pending.schedule(ORDER, fetchOf({ me: 'second' }));

    expect(await pending.get(ORDER)).toMatchObject({ owner: 'second', priority: 'urgent' });
  });

  it('stays when a less urgent one comes, and learns of its event', async () => {
    const { pending, fetchOf, clock } = bench('stays');
    await pending.schedule(ORDER, fetchOf());

    await pending.schedule(ORDER, fetchOf({ me: 'bulk', priority: 'bulk', staleSince: clock.now() + 7 }));

    expect(await pending.get(ORDER)).toEqual(storedOf(fetchOf({ staleSince: clock.now() + 7 })));
  });

  it('never forgets an event, however many are coalesced and scheduled at once', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('at-once');
    await pending.schedule(ORDER, fetchOf());

    const events = [1, 2, 3, 4].map((ms) => ({ receivedAt: clock.now() + ms * 100 }));
    const coalesced = await Promise.all([
      ...events.map(async (event) => pending.coalesce(ORDER, eventOf(event), await pending.get(ORDER))),
      pending.schedule(ORDER, fetchOf({ me: 'third' })).then(() => false),
    ]);

    const served = events.filter((_, index) => coalesced[index]).map(({ receivedAt }) => receivedAt);
    expect((await pending.get(ORDER))?.staleSince).toBeGreaterThanOrEqual(Math.max(clock.now(), ...served));
  });
});
