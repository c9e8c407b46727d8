import type { SeededRandom } from '../shared/seeded-random.ts';
import { drawInto, type Lifecycle } from '../shared/simulated-store.ts';
import type { ImotrizWorld } from './world.ts';

type Step = keyof typeof STEPS;

const STEPS = {
  pay: (world: ImotrizWorld, id: string) => world.pay(id),
  change: (world: ImotrizWorld, id: string) => world.change(id),
  pack: (world: ImotrizWorld, id: string) => world.pack(id),
  ship: (world: ImotrizWorld, id: string) => world.ship(id),
  deliver: (world: ImotrizWorld, id: string) => world.deliver(id),
  cancel: (world: ImotrizWorld, id: string) => world.cancel(id),
  unsync: (world: ImotrizWorld, id: string) => world.unsync(id),
} as const;

/** Draws what may happen to an order, in an order that its state need not allow. */
export function drawSteps(random: SeededRandom): Step[] {
  const { steps, maybe } = drawInto<Step>(random);
  maybe(0.8, 'pay');
  maybe(0.3, 'change');
  maybe(0.2, 'unsync');
  if (random.chance(0.15)) return [...steps, 'cancel'];
  maybe(0.6, 'pack', 'ship');
  maybe(0.3, 'deliver');
  return steps;
}

/** What can happen to the orders of a store. */
export const lifecycle: Lifecycle<ImotrizWorld> = {
  steps: STEPS,
  place: (world) => world.place(),
  newOrder: (world, _storeId, random) => ({ orderId: world.place(), steps: drawOrdinarySteps(random) }),
};

function drawOrdinarySteps(random: SeededRandom): Step[] {
  const steps: Step[] = ['pay'];
  if (random.chance(0.3)) steps.push('change');
  if (random.chance(0.1)) steps.push('cancel');
  return steps;
}
