import type { Platform } from '../../functions/platforms/names.ts';
import type { ImotrizWorld } from '../../local/platforms/imotriz/world.ts';
import type { NuvemshopWorld } from '../../local/platforms/nuvemshop/world/world.ts';
import type { PedidosYaWorld } from '../../local/platforms/pedidosya/world.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';

const STEPS = {
  nuvemshop: ['note', 'address', 'edit', 'pay', 'pack', 'ship', 'deliver', 'archive', 'reopen', 'cancel'],
  pedidosya: ['change', 'prepare', 'dispatch', 'deliver', 'cancel', 'resend'],
  imotriz: ['pay', 'change', 'pack', 'ship', 'deliver', 'cancel', 'unsync'],
} as const;
export type Step = (typeof STEPS)[Platform][number];

/** Draws what happens to an order after it was placed. */
export function drawLifecycle(platform: Platform, random: SeededRandom): Step[] {
  const life: Step[] = [];
  const maybe = (chance: number, ...steps: Step[]) => {
    if (random.chance(chance)) life.push(...steps);
  };
  if (platform === 'nuvemshop') {
    maybe(0.4, random.pick(['note', 'address', 'edit']));
    maybe(0.85, 'pay');
    maybe(0.2, 'note');
    if (random.chance(0.15)) return [...life, 'cancel'];
    maybe(0.6, 'pack', 'ship');
    maybe(0.4, 'deliver', 'archive');
    maybe(0.1, 'reopen');
  } else if (platform === 'pedidosya') {
    maybe(0.3, 'change');
    maybe(0.8, 'prepare');
    maybe(0.2, 'resend');
    if (random.chance(0.15)) return [...life, 'cancel'];
    maybe(0.6, 'dispatch');
    maybe(0.7, 'deliver');
  } else {
    maybe(0.8, 'pay');
    maybe(0.3, 'change');
    maybe(0.2, 'unsync');
    if (random.chance(0.15)) return [...life, 'cancel'];
    maybe(0.6, 'pack', 'ship');
    maybe(0.3, 'deliver');
  }
  return life;
}

/** The platforms' worlds of one simulation. */
export interface PlatformWorlds {
  nuvemshop: NuvemshopWorld;
  pedidosya: PedidosYaWorld;
  imotriz: ImotrizWorld;
}

/** Places an order; the platform's id of it. */
export function place(worlds: PlatformWorlds, platform: Platform): string {
  if (platform === 'pedidosya') return worlds.pedidosya.place().order_id;
  return worlds[platform].place();
}

/** Lets a step happen; false when the order's state does not allow it, as when an earlier step was left out. */
export function take(worlds: PlatformWorlds, platform: Platform, orderId: string, step: Step): boolean {
  try {
    if (platform === 'nuvemshop') nuvemshopStep(worlds.nuvemshop, orderId, step);
    else if (platform === 'pedidosya') pedidosyaStep(worlds.pedidosya, orderId, step);
    else imotrizStep(worlds.imotriz, orderId, step);
    return true;
  } catch {
    return false;
  }
}

function nuvemshopStep(world: NuvemshopWorld, id: string, step: Step): void {
  if (step === 'note') world.changeNote(id, `Nota ${world.platform.random.digits(4)}`);
  if (step === 'address') world.changeAddress(id);
  if (step === 'edit') world.edit(id);
  if (step === 'pay') world.pay(id);
  if (step === 'pack') world.pack(id);
  if (step === 'ship') world.ship(id);
  if (step === 'deliver') world.deliver(id);
  if (step === 'archive') world.archive(id);
  if (step === 'reopen') world.reopen(id);
  if (step === 'cancel') world.cancel(id);
}

function pedidosyaStep(world: PedidosYaWorld, id: string, step: Step): void {
  if (step === 'change') world.change(id);
  if (step === 'prepare') world.prepare(id);
  if (step === 'dispatch') world.dispatch(id);
  if (step === 'deliver') world.deliver(id);
  if (step === 'cancel') world.cancel(id);
  if (step === 'resend') world.resend(id);
}

function imotrizStep(world: ImotrizWorld, id: string, step: Step): void {
  if (step === 'pay') world.pay(id);
  if (step === 'change') world.change(id);
  if (step === 'pack') world.pack(id);
  if (step === 'ship') world.ship(id);
  if (step === 'deliver') world.deliver(id);
  if (step === 'cancel') world.cancel(id);
  if (step === 'unsync') world.unsync(id);
}
