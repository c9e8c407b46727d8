import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../../chaos/plan/fault-kinds.ts';
import { CHANNELS, STORES } from '../../chaos/plan/merchant.ts';
import { drawPlan } from '../../chaos/plan/plan.ts';
import { runWorld } from '../../chaos/world/run-world.ts';

const HOURS = 3;
const ALL = { from: 0, to: HOURS * 3_600_000 };
const MINUTE = 60_000;
const TEST_MS = 60_000;

/** A world of a merchant's ordinary day in which nothing is wrong but these. */
const worldWith = (...faults: PlannedFault[]) =>
  runWorld({ ...drawPlan('directed', HOURS), faults, reconciles: false });

const polled = CHANNELS.filter(({ platform }) => platform.poll !== undefined);
const telling = CHANNELS.filter(
  ({ platform }) => platform.webhook !== undefined && platform.resources.order.truth === 'pushed',
);

describe('a world in which', () => {
  it.each([true, false])(
    'somebody forges news of orders (states that are never left: %s) has them right once the platforms are asked',
    { timeout: TEST_MS },
    async (final) => {
      const forgeries = telling.flatMap(({ stores, platform }) =>
        stores.map(({ id }, index) => {
          const store = STORES.find((one) => one.platform === platform && one.store.id === id)?.name ?? '';
          return { kind: 'forged-webhook', store, final, at: (60 + 40 * index) * MINUTE } as const;
        }),
      );

      const { violations } = await worldWith(...forgeries);

      expect(violations).toEqual([]);
      expect(forgeries.length).toBeGreaterThan(0);
    },
  );

  it.each([...polled, ...telling].map(({ platform }) => platform.name))(
    '%s sends characters that no queue takes keeps every promise',
    { timeout: TEST_MS },
    async (platform) => {
      const { violations, orders } = await worldWith({ kind: 'odd-texts', platform, ...ALL });

      expect(violations).toEqual([]);
      expect(orders).toBeGreaterThan(0);
    },
  );

  it.each(polled.map(({ platform }) => platform.name))(
    'the queue of %s is silent for hours keeps every page that was read',
    { timeout: TEST_MS },
    async (platform) => {
      const name = `${platform}-poll`;
      const silent = { kind: 'hang', service: 'queue', name, chance: 1, from: 0, to: 150 * MINUTE } as const;

      const { violations } = await worldWith(silent);

      expect(violations).toEqual([]);
    },
  );
});
