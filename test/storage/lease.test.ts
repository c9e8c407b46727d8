import { describe, expect, it } from 'vitest';
import { createLease } from '../../functions/storage/runs.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

describe('lease', () => {
  it('is held by one owner at a time, however many ask at once', async () => {
    const lease = createLease({
      ...tables,
      name: { job: 'poll', platform: 'shop', storeId: 'crowd' },
      clock: movedClock(),
    });

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, owner) => lease.acquire(`run-${owner}`, 60_000)),
    );

    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('goes to the next owner when it is given back, or over on every clock', async () => {
    // Arrange
    const clock = movedClock();
    const lease = createLease({ ...tables, name: { job: 'poll', platform: 'shop', storeId: 'next' }, clock });

    // Act and assert
    expect(await lease.acquire('a', 60_000)).toBe(true);
    expect(await lease.acquire('b', 60_000)).toBe(false);
    await lease.release('b');
    expect(await lease.acquire('b', 60_000)).toBe(false);
    await lease.release('a');
    expect(await lease.acquire('b', 60_000)).toBe(true);
    clock.move(60_500);
    expect(await lease.acquire('c', 60_000)).toBe(false);
    clock.move(1000);
    expect(await lease.acquire('c', 60_000)).toBe(true);
  });
});
