import type { SeededRandom } from '../shared/seeded-random.ts';
import { drawInto, type Lifecycle } from '../shared/simulated-store.ts';
import type { PedidosYaWorld } from './world.ts';

type Step = keyof typeof STEPS;

const STEPS = {
  change: (world: PedidosYaWorld, id: string) => world.change(id),
  prepare: (world: PedidosYaWorld, id: string) => world.prepare(id),
  dispatch: (world: PedidosYaWorld, id: string) => world.dispatch(id),
  deliver: (world: PedidosYaWorld, id: string) => world.deliver(id),
  cancel: (world: PedidosYaWorld, id: string) => world.cancel(id),
  resend: (world: PedidosYaWorld, id: string) => world.resend(id),
} as const;

/** Draws what may happen to an order, in an order that its state need not allow. */
export function drawSteps(random: SeededRandom): Step[] {
  const { steps, maybe } = drawInto<Step>(random);
  maybe(0.3, 'change');
  maybe(0.8, 'prepare');
  maybe(0.2, 'resend');
  if (random.chance(0.15)) return [...steps, 'cancel'];
  maybe(0.6, 'dispatch');
  maybe(0.7, 'deliver');
  return steps;
}

/** What can happen to the orders of a chain. */
export const lifecycle: Lifecycle<PedidosYaWorld> = {
  steps: STEPS,
  place: (world) => world.place().order_id,
  newOrder(world, _chainId, random) {
    const outlet = random.pick(world.stores);
    const { order_id: orderId } = world.place({ storeId: outlet.id });
    // A store that picks with the platform's own app hears of two things only: ready, or cancelled.
    const steps = drawOrdinarySteps(random, outlet.pickingMode === 'pelican');
    // What begins with a bare status is told whole in the end.
    const bare = world.truth(orderId)[0]?.bareFirst === true;
    return { orderId, steps: bare ? [...steps, 'resend'] : steps };
  },
};

function drawOrdinarySteps(random: SeededRandom, quiet: boolean): Step[] {
  const steps: Step[] = [];
  if (!quiet && random.chance(0.2)) steps.push('change');
  if (random.chance(0.15)) return [...steps, 'cancel'];
  steps.push('prepare');
  if (!quiet && random.chance(0.6)) steps.push('deliver');
  return steps;
}
