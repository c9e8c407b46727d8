import { describe, expect, it } from 'vitest';
import { twoPhase } from '../../bench/throttle/designs/two-phase.ts';
import { type Scenario, SMALL } from '../../bench/throttle/scenario.ts';
import { simulate } from '../../bench/throttle/simulate.ts';

const usual = { plan: SMALL, consumers: 20, queue: {}, skewMs: 20 };

describe('starvation, searched for on purpose', () => {
  it('lets bulk through while urgent calls ask for more than the whole limit', async () => {
    // Arrange
    const scenario: Scenario = {
      ...usual,
      name: 'urgent overload',
      urgentQueue: { windowMs: 0 },
      arrivals: [
        { kind: 'poisson', priority: 'urgent', perSecond: 2.4, count: 6000 },
        { kind: 'backlog', priority: 'bulk', count: 20, at: 120_000 },
      ],
    };

    // Act
    const run = await simulate(twoPhase, scenario, 7);

    // Assert
    const lastOf = (priority: string) =>
      Math.max(
        ...run.messages
          .filter((message) => message.priority === priority)
          .map(({ called = Infinity }) => called),
      );
    expect(lastOf('bulk')).toBeLessThan(lastOf('urgent'));
    expect(run.refused).toBe(0);
  });

  it('serves every class while all of them ask for more than the limit', async () => {
    const scenario: Scenario = {
      ...usual,
      name: 'overload of all',
      arrivals: (['urgent', 'normal', 'bulk'] as const).map((priority) => ({
        kind: 'poisson',
        priority,
        perSecond: 1,
        count: 1000,
      })),
    };

    const run = await simulate(twoPhase, scenario, 7);

    expect(run.finished).toBe(true);
    expect(run.refused).toBe(0);
    expect(Math.max(...run.messages.map(({ receives }) => receives))).toBeLessThan(40);
  });
});

describe('livelock, searched for on purpose', () => {
  it.each([10, 40, 80])(
    'writers do not chase each other when a write of %i ms takes as long as a call',
    async (databaseMs) => {
      // Arrange
      const rate = 1000 / databaseMs;
      const scenario: Scenario = {
        ...usual,
        name: 'a write takes as long as a call',
        plan: { rate, burst: rate * 4 },
        databaseMs,
        consumers: 50,
        queue: { batchSize: 1, windowMs: 0 },
        arrivals: [{ kind: 'poisson', priority: 'urgent', perSecond: rate, count: 2000 }],
      };

      // Act
      const run = await simulate(twoPhase, scenario, 7);

      // Assert
      expect(run.refused).toBe(0);
      expect(run.database.writeUnits / run.calls).toBeLessThan(2);
      expect(run.endMs).toBeLessThan((2000 / rate) * 1000 * 1.2);
    },
  );
});
