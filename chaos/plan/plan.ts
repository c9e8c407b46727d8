import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { drawFaults } from './draw-faults.ts';
import type { PlannedFault } from './fault-kinds.ts';
import { CHANNELS, type MerchantStore, STORES, simulatorOf } from './merchant.ts';
import type { PlannedOrder } from './planned-order.ts';
import { forgeries } from './scenarios.ts';

/** Everything that will happen in a world from outside. The rest follows from it and the seed. */
export interface Plan {
  seed: string;
  hours: number;
  orders: readonly PlannedOrder[];
  faults: readonly PlannedFault[];
  /** Reconciliation runs on its schedule during the day; else only at the end, so that nothing hides behind it. */
  reconciles: boolean;
  /** A cancellation leaves an order's time as it was, as one platform's official sample shows. */
  cancelKeepsTime: boolean;
}

const MINUTE = 60_000;

/** Draws a world's plan: the same seed and hours, the same plan. */
export function drawPlan(seed: string, hours: number): Plan {
  const random = createSeededRandom(`${seed}/plan`);
  const length = hours * 60 * MINUTE;
  const orders = [
    ...steady(random.fork('steady'), length, Math.round(3 * hours) + 2),
    ...(random.chance(0.35) ? rush(random.fork('rush'), length) : []),
  ];
  return {
    seed,
    hours,
    orders,
    faults: [
      ...drawFaults(random.fork('faults'), length, orders),
      ...forgeries(random.fork('forgeries'), length),
    ],
    reconciles: random.chance(0.25),
    cancelKeepsTime: random.chance(0.3),
  };
}

function steady(random: SeededRandom, length: number, count: number): PlannedOrder[] {
  return Array.from({ length: count }, () => {
    const { platform } = random.pick(CHANNELS);
    const store = random.pick(STORES.filter((one) => one.platform === platform));
    return planOrder(store, Math.floor(random.next() * length * 0.95), random, length);
  });
}

/** A sale begins: more orders in a few seconds than the platform's bucket has room for. */
function rush(random: SeededRandom, length: number): PlannedOrder[] {
  const at = random.next() * length * 0.8;
  // Each order of a platform that is asked costs calls.
  const costly = random.chance(0.7);
  const store = random.pick(STORES.filter((one) => isFetched(one) === costly));
  const impatient = random.chance(0.5);
  return Array.from({ length: impatient ? random.int(40, 80) : random.int(20, 60) }, () => {
    const order = planOrder(store, Math.floor(at + random.next() * 8000), random, length);
    // Impatient buyers change their minds while their orders wait in the line.
    let time = order.at;
    const steps = order.steps.slice(0, impatient ? 4 : 1).map((step) => {
      time += Math.floor(random.next() * 15_000);
      return { ...step, at: Math.min(length - 1, time) };
    });
    return { ...order, steps };
  });
}

const isFetched = ({ platform }: MerchantStore): boolean => platform.resources.order.truth === 'fetched';

function planOrder(
  { name, platform }: MerchantStore,
  at: number,
  random: SeededRandom,
  length: number,
): PlannedOrder {
  let time = at;
  const steps = simulatorOf(platform)
    .drawSteps(random)
    .map((step) => {
      // Some steps follow at once, as a buyer's click and the payment's word do; some the same second.
      const wait = random.chance(0.5)
        ? random.next() * random.pick([300, 3000, 20_000, 10 * MINUTE])
        : random.next() * 50 * MINUTE;
      time = Math.min(length - 1, Math.floor(time + wait));
      return { at: time, do: step };
    });
  return { store: name, at, steps };
}
