import { describe, expect, it } from 'vitest';
import { createPendingFetches } from '../../functions/storage/pending-fetches.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const MINUTE = 60_000;

const storedOf = <T extends { me: string }>({ me, ...fetch }: T) => ({ ...fetch, owner: me });

function bench(storeId: string) {
  const clock = movedClock();
  const pending = createPendingFetches({ ...tables, platform: 'shop', storeId, clock });
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
  return { clock, pending, fetchOf, eventOf };
}

describe('a pending fetch', () => {
  it('is read as it was scheduled', async () => {
    const { pending, fetchOf } = bench('read');

    await pending.schedule('o', fetchOf());

    expect(await pending.get('o')).toEqual(storedOf(fetchOf()));
    expect(await pending.get('other')).toBeUndefined();
  });

  it('serves an event that comes before it, and knows of it', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('serves');
    await pending.schedule('o', fetchOf());

    expect(await pending.coalesce('o', eventOf())).toBe(true);
    expect(await pending.get('o')).toMatchObject({ owner: 'first', staleSince: clock.now() + 10 });
  });

  it('does not serve the event that it was scheduled for', async () => {
    const { pending, fetchOf, eventOf } = bench('own');
    await pending.schedule('o', fetchOf());

    expect(await pending.coalesce('o', eventOf({ me: 'first' }))).toBe(false);
  });

  it('does not serve an event when it may begin in a moment', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('soon');
    await pending.schedule('o', fetchOf({ scheduledAt: clock.now() + 3500 }));

    expect(await pending.coalesce('o', eventOf())).toBe(false);
  });

  it('does not serve an event that is more urgent', async () => {
    const { pending, fetchOf, eventOf } = bench('urgent');
    await pending.schedule('o', fetchOf({ priority: 'bulk' }));

    expect(await pending.coalesce('o', eventOf())).toBe(false);
  });

  it('gives way to a more urgent one', async () => {
    const { pending, fetchOf } = bench('gives-way');
    await pending.schedule('o', fetchOf({ priority: 'bulk' }));

    await pending.schedule('o', fetchOf({ me: 'second' }));

    expect(await pending.get('o')).toMatchObject({ owner: 'second', priority: 'urgent' });
  });

  it('stays when a less urgent one comes, and learns of its event', async () => {
    const { pending, fetchOf, clock } = bench('stays');
    await pending.schedule('o', fetchOf());

    await pending.schedule('o', fetchOf({ me: 'bulk', priority: 'bulk', staleSince: clock.now() + 7 }));

    expect(await pending.get('o')).toEqual(storedOf(fetchOf({ staleSince: clock.now() + 7 })));
  });

  it('never forgets an event, however many are coalesced and scheduled at once', async () => {
    const { pending, fetchOf, eventOf, clock } = bench('at-once');
    await pending.schedule('o', fetchOf());

    const events = [1, 2, 3, 4].map((ms) => ({ receivedAt: clock.now() + ms * 100 }));
    const coalesced = await Promise.all([
      ...events.map((event) => pending.coalesce('o', eventOf(event))),
      pending.schedule('o', fetchOf({ me: 'third' })).then(() => false),
    ]);

    const served = events.filter((_, index) => coalesced[index]).map(({ receivedAt }) => receivedAt);
    expect((await pending.get('o'))?.staleSince).toBeGreaterThanOrEqual(Math.max(clock.now(), ...served));
  });
});
