import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twoPhase } from '../../bench/throttle/designs/two-phase.ts';
import type { Scenario } from '../../bench/throttle/scenario.ts';
import { type Run, simulate } from '../../bench/throttle/simulate.ts';
import { PRIORITIES, type Priority } from '../../functions/rate-limit/limits.ts';

/** The nightly tries 100,000. */
const RUNS = Number(process.env.THROTTLE_RUNS ?? 500);

const plan = fc.record({
  rate: fc.double({ min: 0.2, max: 30, noNaN: true }),
  burst: fc.integer({ min: 1, max: 60 }),
  queues: fc.boolean(),
});
const arrival = fc.record({
  kind: fc.constantFrom('backlog' as const, 'poisson' as const),
  priority: fc.constantFrom<Priority>(...PRIORITIES),
  count: fc.integer({ min: 1, max: 40 }),
  together: fc.constantFrom(1, 1, 10, 50),
  load: fc.double({ min: 0.1, max: 3, noNaN: true }),
  at: fc.integer({ min: 0, max: 60_000 }),
});
const world = fc.record({
  plan,
  arrivals: fc.array(arrival, { minLength: 1, maxLength: 4 }),
  consumers: fc.integer({ min: 1, max: 30 }),
  batchSize: fc.integer({ min: 1, max: 10 }),
  windowMs: fc.constantFrom(0, 1000, 2000),
  pollers: fc.integer({ min: 1, max: 5 }),
  deathRate: fc.constantFrom(0, 0, 0.02, 0.2),
  databaseMs: fc.double({ min: 1, max: 120, noNaN: true }),
  skewMs: fc.double({ min: 0, max: 30, noNaN: true }),
  seed: fc.integer(),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function scenarioOf(given: World): Scenario {
  const { batchSize, windowMs, pollers, deathRate } = given;
  return {
    name: 'any',
    plan: given.plan,
    consumers: given.consumers,
    skewMs: given.skewMs,
    databaseMs: given.databaseMs,
    // A dead invocation is a failure of its own, and the queue counts it; here only what the limiter does may lose a message.
    queue: {
      batchSize,
      windowMs,
      pollers,
      deathRate,
      visibilityMs: 60_000,
      maxReceives: Number.POSITIVE_INFINITY,
    },
    arrivals: given.arrivals.map(({ load, ...rest }) =>
      rest.kind === 'poisson'
        ? { ...rest, kind: 'poisson', perSecond: load * given.plan.rate }
        : { ...rest, kind: 'backlog' },
    ),
    limitMs: deathRate > MORTAL ? 4_000_000 : 100_000_000,
  };
}

/** Above this share of dying invocations their copies may grow faster than a slow limit serves them. */
const MORTAL = 0.02;

/**
 * Who dies after it sent its batch on leaves a copy of each message, and a copy uses a slot too: once every message has seen
 * a death of its own, no limiter can promise an end.
 */
const isOverrun = ({ queue, messages, scenario: { queue: { deathRate = 0 } = {} } }: Run) =>
  deathRate > MORTAL && queue.receives * deathRate > messages.length;

function expectKept(run: Run): void {
  if (!isOverrun(run)) {
    expect(run.finished, 'a message waits for ever').toBe(true);
    expect(
      run.messages.every(({ called }) => called !== undefined),
      'a message is lost',
    ).toBe(true);
  }
  expect(run.refused, 'a call is over the limit').toBe(0);
  expect(run.peak).toBeLessThanOrEqual(run.scenario.plan.burst + 1e-6);
}

describe('whatever arrives, however slow, skewed and mortal the consumers are', () => {
  it(
    'the level never exceeds the burst, nothing waits for ever, nothing is lost',
    async () => {
      await fc.assert(
        fc.asyncProperty(world, async (given) =>
          expectKept(await simulate(twoPhase, scenarioOf(given), given.seed)),
        ),
        {
          numRuns: RUNS,
          interruptAfterTimeLimit: RUNS > 2000 ? Number.MAX_SAFE_INTEGER : 60_000,
          markInterruptAsFailure: true,
        },
      );
    },
    RUNS > 2000 ? 7_200_000 : 90_000,
  );
});
