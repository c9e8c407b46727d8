import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../functions/domain/canonical-json.ts';
import type { Observation } from '../../functions/domain/observation.ts';
import { type Order, orderSchema } from '../../functions/domain/order.ts';
import { orderOf } from '../../functions/domain/order-row.ts';
import { at, NOON, observed, play } from './observations.ts';

const LIFE = ['received', 'confirmed', 'ready', 'dispatched', 'delivered'] as const;
const PARTS = [
  'totals',
  'payment',
  'fulfilment',
  'personal',
  'lines',
  'placedAt',
] as const satisfies (keyof Order)[];

const UNKNOWN_FULFILMENT: Order['fulfilment'] = {
  status: 'unknown',
  kind: 'unknown',
  by: 'unknown',
  parcels: [],
};

/** The order as its platform has it after so many steps; each step is ten seconds after the one before. */
const stateAfter = (step: number): Partial<Order> => ({
  status: LIFE[step]!,
  updatedAt: at(step * 10),
  placedAt: at(0),
  totals: { goods: 1000 + step, total: 1100 + step },
  payment: { status: step < 2 ? 'pending' : 'paid', method: 'card' },
  // A platform does not know it of every step.
  fulfilment: { ...UNKNOWN_FULFILMENT, status: step % 2 === 0 ? 'unpacked' : 'unknown', kind: 'delivery' },
  personal: { name: 'Invented Person', note: `step ${step}` },
  lines: [{ lineId: 'a', name: 'Taza', quantity: 1 + step, unit: 'unit', unitPrice: 1000 }],
});

const EMPTY: Partial<Order> = {
  totals: {},
  payment: { status: 'unknown' },
  fulfilment: UNKNOWN_FULFILMENT,
  personal: {},
  lines: undefined,
  placedAt: undefined,
};

/** What a message says of a step: some parts may be left out, and it may take its time. */
const pushed = fc
  .record({
    step: fc.integer({ min: 0, max: 4 }),
    late: fc.integer({ min: 0, max: 100 }),
    without: fc.subarray([...PARTS]),
  })
  .map(({ step, late, without }) => {
    const left = Object.fromEntries(without.map((part) => [part, EMPTY[part]]));
    return observed(
      { ...stateAfter(step), ...left },
      { omitted: without, observedAt: NOON + (step * 10 + late) * 1000 + step },
    );
  });

/** The platform's answer when it is asked: the whole order, as it is then. */
const answered = fc.integer({ min: 1, max: 60 }).map((second) =>
  observed(stateAfter(Math.min(4, Math.floor(second / 10))), {
    observedAt: NOON + second * 1000 + 7,
    origin: 'reconcile',
    asked: true,
  }),
);

/** A message that says what never was, with a time that has not come. */
const forged = fc
  .integer({ min: 0, max: 60 })
  .map((second) =>
    observed(
      { ...stateAfter(0), status: 'cancelled', updatedAt: '2099-01-01T00:00:00.000Z' },
      { observedAt: NOON + second * 1000 + 9 },
    ),
  );

const shuffled = <T>(list: readonly T[], dice: () => number): T[] =>
  [...list, ...list]
    .map((one) => ({ one, key: dice() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);

/** What the row says of a field, for each of several orders of arrival. */
function endings(
  observations: readonly Observation[],
  dice: Iterator<number>,
  of: (order: Order) => unknown,
) {
  const roll = () => dice.next().value as number;
  return Array.from({ length: 6 }, () => {
    const row = play(shuffled(observations, roll));
    return canonicalJson(of(orderSchema().parse(orderOf(row!))));
  });
}

const whole = ({ warnings: _, ...order }: Order) => order;

describe('however observations arrive, and however often', () => {
  it('a row of messages that leave parts out ends the same', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(pushed, { minLength: 1, maxLength: 6, selector: ({ observedAt }) => observedAt }),
        fc.infiniteStream(fc.nat()),
        (observations, dice) => {
          const oneOfEach = [...new Map(observations.map((one) => [one.order.updatedAt, one])).values()];

          expect(new Set(endings(oneOfEach, dice, whole)).size).toBe(1);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a row of messages and answers ends the same, and never before the last answer', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(pushed, { maxLength: 4, selector: ({ order }) => order.updatedAt }),
        fc.uniqueArray(answered, { minLength: 1, maxLength: 3, selector: ({ observedAt }) => observedAt }),
        fc.infiniteStream(fc.nat()),
        (messages, answers, dice) => {
          const ends = endings([...messages, ...answers], dice, ({ status, updatedAt }) => [
            status,
            updatedAt,
          ]);

          const last = answers.reduce((a, b) => (b.observedAt > a.observedAt ? b : a));
          const rank = LIFE.indexOf(JSON.parse(ends[0]!)[0]);
          expect(new Set(ends).size).toBe(1);
          expect(rank).toBeGreaterThanOrEqual(LIFE.indexOf(last.order.status as 'ready'));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('one forged message is gone once the platform was asked', () => {
    fc.assert(
      fc.property(
        forged,
        fc.uniqueArray(pushed, { maxLength: 3, selector: ({ order }) => order.updatedAt }),
        fc.infiniteStream(fc.nat()),
        (lie, messages, dice) => {
          const answer = observed(stateAfter(4), {
            observedAt: NOON + 200_000,
            origin: 'replay',
            asked: true,
          });

          const ends = endings([lie, ...messages, answer], dice, ({ status, updatedAt }) => [
            status,
            updatedAt,
          ]);

          expect(new Set(ends)).toEqual(new Set([canonicalJson(['delivered', at(40)])]));
        },
      ),
      { numRuns: 100 },
    );
  });
});
