import { describe, expect, it } from 'vitest';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import { createGate, type Waiting } from '../../functions/rate-limit/gate.ts';
import { createMemoryStore } from '../../functions/rate-limit/store.ts';
import { createVirtualTime } from '../support/virtual-clock.ts';

function setUp(store = createMemoryStore()) {
  const time = createVirtualTime();
  const bucket = createBucket({ store, key: 'nuvemshop#1', rate: 2, burst: 40, clock: time.clock });
  return { ...time, store, bucket, gate: createGate({ bucket, sleep: time.sleep }) };
}

function batchOf(size: number, fields: Partial<Waiting> = {}): Waiting[] {
  return Array.from({ length: size }, (_, i) => ({ id: `m${i}`, priority: 'bulk', ...fields }));
}

describe('the gate', () => {
  it('lets a batch in with one write', async () => {
    let writes = 0;
    const store = createMemoryStore();
    const { gate } = setUp({
      update: (key, change) => {
        writes++;
        return store.update(key, change);
      },
    });

    const verdicts = await gate.admit(batchOf(10));

    expect(verdicts.every(({ go }) => go)).toBe(true);
    expect(writes).toBe(1);
  });

  it('gives waiting urgent messages one turn each, in order, a call apart', async () => {
    const { gate, clock } = setUp();

    const verdicts = await gate.admit(batchOf(41, { priority: 'urgent' }));

    const waiting = verdicts.filter((verdict) => 'delaySeconds' in verdict);
    expect(waiting.map(({ scheduledAt }) => scheduledAt - clock.now())).toEqual([500, 1000, 1500, 2000]);
    expect(waiting.map(({ delaySeconds }) => delaySeconds)).toEqual([1, 1, 2, 2]);
  });

  it('brings waiting bulk messages back together, when the last of them fits', async () => {
    const { gate, clock } = setUp();

    const verdicts = await gate.admit(batchOf(56));

    const waiting = verdicts.filter((verdict) => 'delaySeconds' in verdict);
    expect(waiting).toHaveLength(20);
    expect(new Set(waiting.map(({ scheduledAt }) => scheduledAt - clock.now()))).toEqual(
      new Set([5000, 10_000]),
    );
  });

  it('lets a cohort in at its turn, whole', async () => {
    const { gate, advance } = setUp();
    const verdicts = await gate.admit(batchOf(46));
    const waiting = verdicts.filter((verdict) => 'delaySeconds' in verdict);
    await advance(Math.max(...waiting.map(({ delaySeconds }) => delaySeconds)) * 1000);

    const again = await gate.admit(
      waiting.map(({ id, scheduledAt }) => ({ id, priority: 'bulk', scheduledAt })),
    );

    expect(again).toHaveLength(10);
    expect(again.every(({ go }) => go)).toBe(true);
  });

  it('has who waits for long look once a minute whether the place still holds, and asks nobody who knows', async () => {
    // Arrange
    const { gate, advance } = setUp();
    const far = (await gate.admit(batchOf(400))).at(-1);
    const scheduledAt = far !== undefined && 'scheduledAt' in far ? far.scheduledAt : 0;
    await advance(5000);

    // Act
    const [verdict] = await gate.admit([{ id: 'far', priority: 'bulk', scheduledAt }]);

    // Assert
    expect(verdict).toMatchObject({ go: false, scheduledAt });
    expect(verdict).toHaveProperty('delaySeconds', expect.closeTo(45, -1));
  });

  it('lets an urgent message in while bulk waits', async () => {
    const { gate } = setUp();
    await gate.admit(batchOf(200));

    const verdicts = await gate.admit([...batchOf(3), { id: 'order', priority: 'urgent' }]);

    expect(verdicts.map(({ go }) => go)).toEqual([false, false, false, true]);
  });

  it('sleeps a wait that is shorter than sending again, and no longer', async () => {
    const { gate, bucket, clock, advance } = setUp();
    await bucket.take(37, 'urgent');
    await advance(300);
    const asked = clock.now();

    const admitted = gate.admit([{ id: 'order', priority: 'urgent' }]);
    await advance(250);

    expect(await admitted).toEqual([{ id: 'order', go: true, inMs: 0 }]);
    expect(clock.now() - asked).toBe(250);
  });

  it('sleeps nothing away from a function that has no time left', async () => {
    const { bucket, sleep, advance } = setUp();
    const gate = createGate({ bucket, sleep, remainingMs: () => 2000 });
    await bucket.take(37, 'urgent');
    await advance(300);

    const [verdict] = await gate.admit([{ id: 'order', priority: 'urgent' }]);

    expect(verdict).toMatchObject({ go: false, delaySeconds: 1 });
  });

  it('makes no urgent message sleep for the sake of a bulk one', async () => {
    const { gate, bucket, clock, advance } = setUp();
    await bucket.take(35, 'urgent');
    await advance(300);
    const asked = clock.now();

    const verdicts = await gate.admit([{ id: 'order', priority: 'urgent' }, ...batchOf(1)]);

    expect(verdicts.map(({ go }) => go)).toEqual([true, false]);
    expect(clock.now()).toBe(asked);
  });

  it('lets a message that is back before its turn keep it when there is no room', async () => {
    const { gate, bucket, clock } = setUp();
    await bucket.take(37, 'urgent');
    const scheduledAt = clock.now() + 1500;

    const [verdict] = await gate.admit([{ id: 'early', priority: 'bulk', scheduledAt }]);

    expect(verdict).toMatchObject({ go: false, scheduledAt, delaySeconds: 2 });
  });

  it('takes all the calls of a message or none', async () => {
    const { gate, bucket } = setUp();
    await bucket.take(36, 'urgent');

    const verdicts = await gate.admit([
      { id: 'two calls', priority: 'urgent', calls: 2 },
      { id: 'one call', priority: 'urgent' },
    ]);

    expect(verdicts.map(({ go }) => go)).toEqual([false, true]);
  });

  it('says which message asks for too much', async () => {
    const { gate } = setUp();

    await expect(gate.admit([{ id: 'greedy', priority: 'bulk', calls: 20 }])).rejects.toThrow(
      /wants 20 calls at once/,
    );
  });
});
