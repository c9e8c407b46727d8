import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { drawCatalogue, drawCatalogueFaults, type PlannedItem } from './catalogue-plan.ts';
import { drawCommandFaults, withCommands } from './command-plan.ts';
import { drawFaults } from './draw-faults.ts';
import { drawErp, drawErpFaults, type ErpPlan } from './erp-plan.ts';
import type { PlannedFault } from './fault-kinds.ts';
import { CHANNELS, type MerchantStore, STORES, simulatorOf } from './merchant.ts';
import type { PlannedOrder } from './planned-order.ts';
import { forgeries, lateForOne } from './scenarios.ts';

/** Everything that will happen in a world from outside. The rest follows from it and the seed. */
export interface Plan {
  seed: string;
  hours: number;
  orders: readonly PlannedOrder[];
  faults: readonly PlannedFault[];
  /** Reconciliation runs on its schedule during the day; else only at the end, so that nothing hides behind it. */
  reconciles: boolean;
  /** What changes an order's status leaves its time as it was, as one platform's official sample shows. */
  statusKeepsTime: boolean;
  erp: ErpPlan;
  /** Products and customers that the merchant's own system writes. */
  catalogue: readonly PlannedItem[];
}

const MINUTE = 60_000;

/** Draws a world's plan: the same seed and hours, the same plan. */
export function drawPlan(seed: string, hours: number): Plan {
  const random = createSeededRandom(`${seed}/plan`);
  const length = hours * 60 * MINUTE;
  const reconciles = random.chance(0.25);
  const statusKeepsTime = !reconciles && random.chance(0.4);
  const hasty = statusKeepsTime ? undatedOrders(random.fork('undated'), length) : [];
  const orders = [
    ...steady(random.fork('steady'), length, Math.round(3 * hours) + 2),
    ...(random.chance(0.35) ? rush(random.fork('rush'), length) : []),
    ...hasty,
  ];
  const drawn = [
    ...drawFaults(random.fork('faults'), length, orders),
    ...forgeries(random.fork('forgeries'), length),
  ];
  // Reconciliation looks once a day for what changed without its time, and no world lasts so long: its one look is at the end.
  const faults = statusKeepsTime ? drawn.filter(({ kind }) => kind !== 'second-reconcile') : drawn;
  const late = hasty.length > 0 && random.chance(0.6) ? lateForOne(random.fork('late'), hasty) : [];
  const erp = drawErp(random.fork('erp'));
  const way = drawErpFaults(random.fork('erp-faults'), length, erp);
  const commanded = withCommands(random.fork('commands'), length, orders);
  const calls = drawCommandFaults(random.fork('command-faults'), length, commanded);
  const catalogue = drawCatalogue(random.fork('catalogue'), length);
  const meanwhile = drawCatalogueFaults(random.fork('catalogue-faults'), length, catalogue);
  return {
    seed,
    hours,
    orders: commanded,
    faults: [...faults, ...late, ...way, ...calls, ...meanwhile],
    reconciles,
    statusKeepsTime,
    erp,
    catalogue,
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

/** Orders that change twice within seconds, and whose own time does not tell which of the two came last. */
function undatedOrders(random: SeededRandom, length: number): PlannedOrder[] {
  const stores = STORES.filter((one) => (simulatorOf(one.platform).undated ?? []).length > 0);
  if (stores.length === 0) return [];
  return Array.from({ length: random.int(2, 4) }, () => {
    const { name, platform } = random.pick(stores);
    const at = Math.floor(random.next() * length * 0.9);
    const first = at + 20_000 + Math.floor(random.next() * 10 * MINUTE);
    const second = first + 2000 + Math.floor(random.next() * 1500);
    const [one, other] = random.pick(simulatorOf(platform).undated ?? []);
    return {
      store: name,
      at,
      steps: [
        { at: first, do: one },
        { at: second, do: other },
      ],
    };
  });
}

const isFetched = ({ platform }: MerchantStore): boolean => platform.resources.order.truth === 'fetched';

export function planOrder(
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
