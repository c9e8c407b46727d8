import { describe, expect, it } from 'vitest';
import { pollRequest, pollStores } from '../../functions/pipeline/poll.ts';
import { createLease } from '../../functions/storage/runs.ts';
import { openPolled, run } from '../support/bazaar/job-benches.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (...stores: [string, ...string[]]) => openPolled(tables, ...stores);

describe('the polls of several stores', () => {
  it('drain each of them, one after the other, by its own token', async () => {
    const bed = open('one', 'two');
    const [first, second] = [bed.place(1), bed.place(1, 'two')];

    await pollStores(bed.all, {}, run('r1'));

    expect(bed.pages()).toEqual([first, second]);
    expect(bed.queue.sent.map(({ message }) => message)).toMatchObject([
      { storeId: 'one' },
      { storeId: 'two' },
    ]);
  });

  it('drain only the one that the schedule names', async () => {
    const bed = open('named', 'unnamed');
    bed.place(1);
    const other = bed.place(1, 'unnamed');

    await pollStores(bed.all, pollRequest.parse({ storeId: 'unnamed' }), run('r1'));

    expect(bed.pages()).toEqual([other]);
  });

  it.each([{}, 'now', undefined, { storeId: 5 }, { 'detail-type': 'Scheduled Event' }])(
    'drain all of them when they are called with %j',
    (event) => {
      expect(pollRequest.parse(event)).toMatchObject({});
      expect(pollRequest.parse(event).storeId).toBeUndefined();
    },
  );

  it('do not wait for each other: a store that is being polled, or fails, keeps no other from it', async () => {
    // Arrange
    const bed = open('held', 'failing', 'good');
    const lease = createLease({
      ...tables,
      name: { job: 'poll', platform: 'bazaar', storeId: 'held' },
      clock: bed.clock,
    });
    await lease.acquire('another run', 60_000);
    bed.shop.revoke('failing');
    const ids = bed.place(1, 'good');

    // Act
    await pollStores(bed.all, {}, run('r1'));

    // Assert
    expect(bed.pages()).toEqual([ids]);
    expect(bed.metrics.total('PollSkipped')).toBe(1);
    expect(bed.metrics.total('PollFailed')).toBe(1);
    expect(await bed.context('good').connection.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(await bed.context('failing').connection.circuit.check()).toMatchObject({ allowed: false });
  });
});
