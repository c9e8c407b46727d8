import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../../chaos/plan/fault-kinds.ts';
import { drawFeedPlan } from '../../chaos/plan/feed-plan.ts';
import { CHANNELS, STORES, simulatorOf } from '../../chaos/plan/merchant.ts';
import { drawPlan, type Plan } from '../../chaos/plan/plan.ts';
import { runWorld } from '../../chaos/world/run-world.ts';

const HOURS = 3;
const ALL = { from: 0, to: HOURS * 3_600_000 };
const MINUTE = 60_000;
/** A bound against hanging. */
const TEST_MS = 240_000;

/** An ordinary day of a merchant. */
const DAY: Plan = { ...drawPlan('directed', HOURS), faults: [], reconciles: false, statusKeepsTime: false };
/** A world of such a day in which nothing is wrong but these. */
const worldWith = (...faults: PlannedFault[]) => runWorld({ ...DAY, faults });

const polled = CHANNELS.filter(({ platform }) => platform.poll !== undefined);
const troubled = STORES.flatMap(({ name, platform, troubles }) =>
  platform.webhook === undefined ? [] : troubles.map((trouble) => ({ store: name, platform, trouble })),
);
const undated = STORES.flatMap(({ name, platform }) =>
  (simulatorOf(platform).undated ?? []).map(([first, second]) => ({ store: name, platform, first, second })),
);
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

  it.each(STORES.filter((store) => store.platform.poll !== undefined).map(({ name }) => name))(
    '%s answers for hours without a byte, as it may where there is nothing, keeps every promise that somebody can keep',
    { timeout: TEST_MS },
    async (store) => {
      const blank = { kind: 'platform', store, fault: { kind: 'empty-body' }, chance: 1, ...ALL } as const;

      const { violations } = await worldWith(blank);

      expect(violations).toEqual([]);
    },
  );

  it.each(troubled)(
    'the account of $store is $trouble while an order waits, and the word of its end is lost, keeps every promise',
    { timeout: TEST_MS },
    async ({ store, platform, trouble }) => {
      // Arrange
      const placed = DAY.orders.find((order) => order.store === store)?.at ?? 0;
      const [from, to] = [placed + 300, placed + 90 * MINUTE];
      const lost = { kind: 'lost-webhooks', platform: platform.name, chance: 1 } as const;

      // Act
      const { violations, orders } = await worldWith(
        { kind: 'trouble', store, trouble, from, to },
        { ...lost, from: to - 1000, to: to + 10_000 },
      );

      // Assert
      expect(violations).toEqual([]);
      expect(orders).toBeGreaterThan(0);
    },
  );

  it.each(CHANNELS.map(({ platform }) => platform.name))(
    'a server of the queue of %s holds half of the messages of an hour keeps every promise',
    { timeout: TEST_MS },
    async (platform) => {
      const away = { kind: 'stragglers', platform, chance: 0.5, from: 30 * MINUTE, to: 90 * MINUTE } as const;

      const { violations } = await worldWith(away);

      expect(violations).toEqual([]);
    },
  );

  it.each(undated)(
    'the answer about $first comes after that about $second at $store, and no time tells them apart, keeps every promise',
    { timeout: TEST_MS },
    async ({ store, platform, first, second }) => {
      // Arrange
      const [one, other] = [10 * MINUTE, 10 * MINUTE + 2500];
      const steps = [
        { at: one, do: first },
        { at: other, do: second },
      ];
      const name = `${platform.name}-process`;
      const late = {
        kind: 'late-answer',
        service: 'platform',
        name,
        chance: 1,
        from: one,
        to: other,
      } as const;
      const orders = Array.from({ length: 8 }, (_, index) => ({ store, at: index * MINUTE, steps }));

      // Act
      const { violations } = await runWorld({ ...DAY, orders, faults: [late], statusKeepsTime: true });

      // Assert
      expect(violations).toEqual([]);
    },
  );
});

describe('a world about the feed', () => {
  it.each([
    ['whose publishers die', 10],
    ['whose feed is set back', 3],
    ['whose pointer is lost', 7],
  ])('%s keeps every promise', { timeout: TEST_MS }, async (_, seed) => {
    const { violations, events, feedSteps } = await runWorld(drawFeedPlan(String(seed), 1));

    expect(violations).toEqual([]);
    expect(events).toBeGreaterThan(0);
    expect(feedSteps).toBeGreaterThan(events);
  });
});
