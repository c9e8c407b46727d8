import { describe, expect, it } from 'vitest';
import { countConsumer } from '../../bench/throttle/consumer.ts';
import { twoPhase } from '../../bench/throttle/designs/two-phase.ts';
import { type Figures, measure } from '../../bench/throttle/measure.ts';
import { LARGE, type Scenario, SMALL } from '../../bench/throttle/scenario.ts';
import { simulate } from '../../bench/throttle/simulate.ts';
import { worstOf } from '../../bench/throttle/table.ts';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import { createGate, type Waiting } from '../../functions/rate-limit/gate.ts';
import { type BucketRow, type BucketStore, createMemoryStore } from '../../functions/rate-limit/store.ts';
import { createVirtualTime } from '../support/virtual-clock.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const queues = { ...SMALL, queues: true };
const deployed = { plan: queues, consumers: 5, queue: { windowMs: 0 }, skewMs: 20 };

function setUp(plan = queues) {
  const time = createVirtualTime();
  const store = createMemoryStore();
  const bucket = createBucket({ store, key: 'shop#1', ...plan, clock: time.clock });
  return { ...time, bucket, gate: createGate({ bucket, sleep: time.sleep }) };
}

const bulk = (name: string, count: number, scheduledAt?: number): Waiting[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${name}${index}`,
    priority: 'bulk',
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
  }));

describe('where the platform queues, bulk', () => {
  it('begins one call after the other, and keeps the rest of its cohort for the next slots', async () => {
    const { gate } = setUp();

    const verdicts = await gate.admit(bulk('a', 10));

    expect(verdicts.flatMap((verdict) => (verdict.go ? [verdict.inMs] : []))).toEqual([
      0, 500, 1000, 1500, 2000,
    ]);
    expect(verdicts.filter((verdict) => 'askInMs' in verdict)).toHaveLength(5);
  });

  it('is known as the cohort that is paced also where the table rounds its place', async () => {
    // Arrange: the row comes from the table once somebody else wrote it.
    const time = createVirtualTime();
    const exact = createMemoryStore();
    const store: BucketStore = {
      async update(key, change) {
        const outcome = await exact.update(key, change);
        const rounded = Object.entries(outcome.before).map(([field, at]) => [field, Number(at.toFixed(3))]);
        return { ...outcome, before: Object.fromEntries(rounded) as BucketRow };
      },
    };
    const clock = { now: () => time.clock.now() + 0.31616 };
    const options = { store, key: 'shop#1', ...queues, clock };
    const gate = createGate({ bucket: createBucket(options), sleep: time.sleep });
    const kept = (await gate.admit(bulk('a', 20))).flatMap((verdict) =>
      'askInMs' in verdict
        ? [{ id: verdict.id, priority: 'bulk' as const, scheduledAt: verdict.scheduledAt, keptMs: 2000 }]
        : [],
    );
    await createBucket(options).take(1, 'urgent');
    await time.advance(2000);

    // Act
    const verdicts = await gate.admit(kept);

    // Assert
    expect(verdicts.some(({ go }) => go)).toBe(true);
    expect(verdicts.every((verdict) => verdict.go || 'askInMs' in verdict)).toBe(true);
  });

  it('waits in the queue while another cohort is paced, and is told when that ends', async () => {
    const { gate } = setUp();
    await gate.admit(bulk('a', 20));

    const verdicts = await gate.admit(bulk('b', 10));

    expect(verdicts.every((verdict) => 'delaySeconds' in verdict && verdict.delaySeconds >= 9)).toBe(true);
    expect(new Set(verdicts.map((verdict) => 'scheduledAt' in verdict && verdict.scheduledAt)).size).toBe(1);
  });

  it('takes no function more to wait in, where the cohort before it ends soon', async () => {
    const { gate } = setUp({ ...LARGE, queues: true });
    await gate.admit(bulk('a', 10));

    const verdicts = await gate.admit(bulk('b', 10));

    expect(verdicts.every((verdict) => 'delaySeconds' in verdict)).toBe(true);
  });

  it('leaves the platform free for an urgent call', async () => {
    const { gate } = setUp();
    await gate.admit(bulk('a', 20));

    const [verdict] = await gate.admit([{ id: 'order', priority: 'urgent' }]);

    expect(verdict).toEqual({ id: 'order', go: true, inMs: 0 });
  });

  it('asks for a place anew when the plan was raised, instead of waiting for the old one', async () => {
    // Arrange
    const { gate, bucket, advance } = setUp();
    await gate.admit(bulk('a', 50));
    const far = (await gate.admit(bulk('b', 500))).at(-1);
    const scheduledAt = far !== undefined && 'scheduledAt' in far ? far.scheduledAt : 0;
    await advance(50_000);
    await bucket.observe({ limit: 400, remaining: 399, resetMs: 50 });

    // Act
    const [verdict] = await gate.admit(bulk('b', 1, scheduledAt));

    // Assert
    expect(verdict).toMatchObject({ go: true });
  });

  it('is priced by the plan that a later answer told, whatever an answer says that waited at the platform', async () => {
    const { bucket, advance } = setUp();
    await advance(60_000);
    await bucket.observe({ limit: 400, ageMs: 100 });
    await advance(1000);
    await bucket.observe({ limit: 40, ageMs: 100 });

    await bucket.observe({ limit: 400, ageMs: 20_000 });

    expect(bucket.limits().burst).toBe(40);
  });
});

describe('figures that are promised where the platform queues', () => {
  const backlog = (count: number, together = 1) =>
    ({ kind: 'backlog', priority: 'bulk', count, together }) as const;
  const urgent = (perSecond: number, count: number) =>
    ({ kind: 'poisson', priority: 'urgent', perSecond, count }) as const;
  const play = async (scenario: Omit<Scenario, 'name'>, seed = 1) =>
    measure(await simulate(twoPhase, { ...scenario, name: '' }, seed));
  const playSeeds = (scenario: Omit<Scenario, 'name'>) =>
    Promise.all(SEEDS.map((seed) => play(scenario, seed)));
  const waitsOf = (runs: readonly Figures[]) =>
    runs.map(({ urgentP99 = Number.NaN }) => urgentP99).sort((a, b) => a - b);
  const usual = (runs: readonly Figures[]) => waitsOf(runs)[Math.floor(runs.length / 2)];

  it('an urgent call waits 2 s at most behind a backlog that uses all that is drained', async () => {
    const figures = await play({ ...deployed, arrivals: [backlog(400), urgent(0.2, 44)] });

    expect(figures.urgentP99).toBeLessThanOrEqual(2000);
    expect(figures.usedOfMomentPercent).toBeGreaterThanOrEqual(97);
    expect(figures.refusedPerThousand).toBe(0);
  });

  it('also with the two consumers that a small account has, where the backlog travels together', async () => {
    const two = { ...deployed, consumers: 2, queue: { windowMs: 0, pollers: 2 } };

    const runs = await playSeeds({ ...two, arrivals: [backlog(400, 50), urgent(0.2, 44)] });

    const worst = worstOf(runs);
    expect(usual(runs)).toBeLessThanOrEqual(2000);
    expect(worst.urgentP99).toBeLessThanOrEqual(3000);
    expect(worst.usedOfMomentPercent).toBeGreaterThanOrEqual(97);
    expect(worst.refusedPerThousand).toBe(0);
    expect(worst.billedMs).toBeLessThanOrEqual(600);
    expect(worst.usdPerMillion).toBeLessThanOrEqual(4.5);
  });

  it('on a larger plan an urgent call waits no longer, though many cohorts follow each other', async () => {
    const large = { ...deployed, plan: { ...LARGE, queues: true } };

    const runs = await playSeeds({ ...large, arrivals: [backlog(2000), urgent(2, 200)] });

    expect(usual(runs)).toBeLessThanOrEqual(2000);
    expect(worstOf(runs).urgentP99).toBeLessThanOrEqual(3000);
    expect(worstOf(runs).usedOfMomentPercent).toBeGreaterThanOrEqual(97);
  });

  it('the consumer writes half of what it did beside the call, reads the row once, and sends little again', async () => {
    const two = { ...deployed, consumers: 2, queue: { windowMs: 0, pollers: 2 }, name: '' };

    const { writes, reads, sends } = await countConsumer(
      { ...two, arrivals: [backlog(400, 50), urgent(0.2, 44)] },
      1,
    );

    expect(writes.bucket + writes.pending).toBeLessThanOrEqual((0.35 + 0.88) / 2);
    expect(reads.row).toBeLessThanOrEqual(1.05);
    expect(sends).toBeLessThanOrEqual(0.2);
  });

  it('a raised plan is used within a minute', async () => {
    const figures = await play({
      ...deployed,
      changes: [{ at: 100_000, plan: { ...LARGE, queues: true } }],
      arrivals: [backlog(2000)],
    });

    expect(figures.seconds).toBeLessThan(100 + 60 + 2000 / 20 / 0.9);
    expect(figures.refusedPerThousand).toBe(0);
  });

  it('a clock that is a minute ahead costs little', async () => {
    const right = await play({ ...deployed, arrivals: [backlog(400)] });
    const wrong = await play({ ...deployed, wrongClockMs: 60_000, arrivals: [backlog(400)] });

    expect(wrong.seconds).toBeLessThan(right.seconds * 1.15);
  });
});
