import type { SeededRandom } from '../shared/seeded-random.ts';
import { drawInto, type Lifecycle } from '../shared/simulated-store.ts';
import type { NuvemshopWorld } from './world/world.ts';

const NOTES = ['Tocar dos veces, por favor', 'Dejar en portería, por favor'] as const;

type Step = keyof typeof STEPS;

const STEPS = {
  note: (world: NuvemshopWorld, id: string) => world.changeNote(id, nextNote(world, id)),
  address: (world: NuvemshopWorld, id: string) => world.changeAddress(id),
  edit: (world: NuvemshopWorld, id: string) => world.edit(id),
  pay: (world: NuvemshopWorld, id: string) => world.pay(id),
  'pay-part': (world: NuvemshopWorld, id: string) => world.payPart(id, 0.4),
  'refund-part': (world: NuvemshopWorld, id: string) => world.payPart(id, 0.7),
  'owner-note': (world: NuvemshopWorld, id: string) => world.changeOwnerNote(id, 'Cobrar antes de enviar 🧾'),
  pack: alive((world, id) => world.pack(id)),
  ship: alive((world, id) => world.ship(id)),
  deliver: alive((world, id) => world.deliver(id)),
  archive: alive((world, id) => world.archive(id)),
  reopen: alive((world, id) => world.reopen(id)),
  cancel: alive((world, id) => world.cancel(id)),
  'cancel-out-of-stock': alive((world, id) => world.cancel(id, 'inventory')),
} as const;

/** A step that the panel offers for no cancelled order: there is no way back. */
function alive(step: (world: NuvemshopWorld, id: string) => void) {
  return (world: NuvemshopWorld, id: string): void => {
    const [order] = world.truth(id);
    if (order !== undefined && Reflect.get(order.json, 'status') === 'cancelled')
      throw new Error(`Order ${id} is cancelled: nothing of it can be moved.`);
    step(world, id);
  };
}

/** Draws what may happen to an order, in an order that its state need not allow. */
export function drawSteps(random: SeededRandom): Step[] {
  const { steps, maybe } = drawInto<Step>(random);
  maybe(0.4, random.pick(['note', 'address', 'edit']));
  maybe(0.1, 'pay-part');
  maybe(0.85, 'pay');
  maybe(0.2, random.pick(['note', 'owner-note']));
  maybe(0.1, 'refund-part');
  if (random.chance(0.15)) return [...steps, 'cancel'];
  maybe(0.6, 'pack', 'ship');
  maybe(0.4, 'deliver', 'archive');
  maybe(0.1, 'reopen');
  return steps;
}

/** What is paid back keeps the time of its payment; what is taken out of the archive loses that of its archiving. */
export const undated: readonly (readonly [Step, Step])[] = [
  ['pay', 'refund-part'],
  ['archive', 'reopen'],
];

/** What can happen to the orders of a shop. */
export const lifecycle: Lifecycle<NuvemshopWorld> = {
  steps: STEPS,
  place: (world, storeId) => world.place(storeId),
  newOrder: (world, storeId, random) => ({ orderId: world.place(storeId), steps: drawOrdinarySteps(random) }),
};

function drawOrdinarySteps(random: SeededRandom): Step[] {
  const steps: Step[] = [];
  if (random.chance(0.3)) steps.push('address');
  if (random.chance(0.2)) steps.push('note');
  if (random.chance(0.1)) return [...steps, 'cancel'];
  if (random.chance(0.1)) steps.push('pay-part');
  steps.push('pay');
  if (random.chance(0.1)) return [...steps, 'cancel-out-of-stock'];
  if (random.chance(0.1)) steps.push(random.pick(['refund-part', 'owner-note']));
  if (random.chance(0.7)) steps.push('pack', 'ship');
  if (steps.length > 2 && random.chance(0.5)) steps.push('deliver', 'archive');
  return steps;
}

/** Another note than the order has. Drawing one would shift every id that the platform draws later. */
function nextNote(world: NuvemshopWorld, orderId: string): string {
  const [order] = world.truth(orderId);
  const [first, second] = NOTES;
  return order !== undefined && Reflect.get(order.json, 'note') === first ? second : first;
}
