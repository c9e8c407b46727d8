import { COMMANDS, type CommandName } from '../../functions/domain/command.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { MINUTE, OUTAGES, SECOND } from './drawing.ts';
import type { PlannedFault, PlatformFault, ServiceFault } from './fault-kinds.ts';
import { type MerchantStore, STORES } from './merchant.ts';
import type { PlannedCommand, PlannedOrder, PlannedPost } from './planned-order.ts';

/** Commands that the platform of a store carries out, by its name. */
const CARRIED_OUT: ReadonlyMap<string, readonly CommandName[]> = new Map(
  STORES.map(({ name, platform, store }) => {
    const table = platform.commands(store);
    return [name, COMMANDS.filter((command) => !('refused' in table[command]))];
  }),
);
/** What is wanted more often than the rest. */
const OFTEN: readonly CommandName[] = ['ready', 'dispatch', 'dispatch', 'items', 'invoice', 'cancel'];
/** What systems send in one request: the second needs the first. */
const TOGETHER: readonly (readonly CommandName[])[] = [
  ['ready', 'dispatch'],
  ['dispatch', 'track'],
  ['dispatch', 'dispatch'],
  ['track', 'deliver'],
  ['items', 'ready'],
  ['invoice', 'invoice'],
  ['dispatch', 'cancel'],
  ['close', 'reopen'],
  ['note', 'note'],
];

/** In a crowd of orders the merchant's system has less to say of each. */
const CROWD = 40;

/** The orders with what the merchant's own system wants done to some of them. */
export function withCommands(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedOrder[] {
  const share = orders.length > CROWD ? 0.12 : 0.35;
  return orders.map((order, index) => {
    const own = random.fork(`order-${index}`);
    const able = CARRIED_OUT.get(order.store) ?? [];
    if (able.length === 0 || !own.chance(share)) return order;
    const count = own.pick([1, 1, 2, 2, 3]);
    const posts = Array.from({ length: count }, (_, nth) =>
      drawPost(own, length, order, able, `${index}-${nth + 1}`),
    );
    return { ...order, posts };
  });
}

function drawPost(
  random: SeededRandom,
  length: number,
  order: PlannedOrder,
  able: readonly CommandName[],
  called: string,
): PlannedPost {
  const step = order.steps.length > 0 ? random.pick(order.steps).at : order.at;
  // Now and then in the very moment in which somebody changes the order in the panel.
  const moment = random.chance(0.5)
    ? step + (random.next() - 0.5) * 8 * SECOND
    : order.at + 20 * SECOND + random.next() ** 2 * 60 * MINUTE;
  const at = Math.floor(Math.min(length - 1, Math.max(order.at + SECOND, moment)));
  const commands = namesOf(random, able).map((name, nth) =>
    drawCommand(random, name, `${called}-${nth + 1}`),
  );
  const [first, second] = commands;
  // The same invoice under another id, as after a restart that forgot the first.
  const same = first !== undefined && second?.name === 'invoice' && first.name === 'invoice';
  return {
    at,
    commands: same ? [first, { ...second, mark: first.mark, draw: first.draw }] : commands,
    again: Array.from({ length: random.chance(0.35) ? random.int(1, 3) : 0 }, () => ({
      at: at + Math.floor(random.next() ** 2 * 10 * MINUTE),
      other: random.chance(0.2),
    })),
  };
}

function namesOf(random: SeededRandom, able: readonly CommandName[]): readonly CommandName[] {
  const together = TOGETHER.filter((names) => names.every((name) => able.includes(name)));
  if (together.length > 0 && random.chance(0.4)) return random.pick(together);
  // What the platform cannot do is asked for too, and refused.
  if (random.chance(0.03)) return [random.pick(COMMANDS)];
  const often = OFTEN.filter((name) => able.includes(name));
  return [random.pick(often.length > 0 && random.chance(0.6) ? often : able)];
}

const drawCommand = (random: SeededRandom, name: CommandName, called: string): PlannedCommand => ({
  id: `cmd-${called}`,
  name,
  draw: random.next(),
  mark: `wanted-${called}-${random.hex(6)}`,
  ...(random.chance(0.2) ? { expiresAfterMs: random.pick([20 * SECOND, 3 * MINUTE, 30 * MINUTE]) } : {}),
});

/** How long a call may stand in a platform's own queue before it is carried out. */
const HELD: PlatformFault['fault'] = { kind: 'slow', delayMs: 20_000 };
/** Nobody hears whether the call was carried out. */
const UNHEARD: readonly PlatformFault['fault'][] = [
  { kind: 'timeout-after' },
  { kind: 'reset-after' },
  { kind: 'timeout-before' },
  { kind: 'reset-before' },
];

const OF_DISPATCH: Partial<Record<ServiceFault['kind'], readonly [ServiceFault['service'][], number]>> = {
  crash: [['table', 'table', 'platform', 'queue', 'secret'], 0.4],
  hang: [['table', 'platform'], 0.3],
  refusal: [['table', 'queue', 'secret'], 0.6],
  repeat: [['table'], 0.5],
  'lost-answer': [['table', 'queue'], 0.5],
  slow: [['table'], 0.5],
};

/** What goes wrong while commands are given and carried out; nothing in one of five worlds. */
export function drawCommandFaults(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const given = orders.flatMap(({ store, posts = [] }) => posts.map((post) => ({ store, post })));
  if (given.length === 0 || random.chance(0.2)) return [];
  return Array.from({ length: random.int(1, 5) }, () => {
    const { store: name, post } = random.pick(given);
    const store = STORES.find((one) => one.name === name);
    if (store === undefined) throw new Error(`the simulated merchant has no store ${name}`);
    return drawFaultNear(random, store, post.at, length);
  });
}

/** What goes wrong about a moment in which the merchant's own system wants something. */
export function drawFaultNear(
  random: SeededRandom,
  store: MerchantStore,
  at: number,
  length: number,
): PlannedFault {
  const from = Math.floor(Math.max(0, at - random.next() * 20 * SECOND));
  const until = (least: number, most: number) => ({
    from,
    to: Math.min(length, Math.floor(from + least + (most - least) * random.next() ** 2)),
  });
  const drawn = random.next();
  if (drawn < 0.4) {
    const kind = random.pick(Object.keys(OF_DISPATCH) as (keyof typeof OF_DISPATCH)[]);
    const [services, chance] = OF_DISPATCH[kind] ?? [['table'], 0.3];
    return {
      kind,
      service: random.pick(services),
      name: random.chance(0.8) ? `${store.platform.name}-dispatch` : 'erp-api',
      chance: chance * (0.2 + 0.8 * random.next()),
      ...until(20 * SECOND, 15 * MINUTE),
    };
  }
  if (drawn < 0.75) {
    const ofCalls = random.chance(0.6);
    const fault = random.pick(ofCalls ? [HELD, ...UNHEARD] : OUTAGES);
    const chance = random.chance(0.4) ? 1 : 0.3 + 0.5 * random.next();
    return {
      kind: 'platform',
      store: store.name,
      fault,
      chance,
      ...(ofCalls ? { writes: true } : {}),
      ...until(20 * SECOND, 20 * MINUTE),
    };
  }
  const [trouble] = store.troubles.length > 0 ? [random.pick(store.troubles)] : [];
  if (drawn < 0.83 && trouble !== undefined)
    return { kind: 'trouble', store: store.name, trouble, ...until(MINUTE, 40 * MINUTE) };
  return { kind: 'lost-hints', chance: random.chance(0.6) ? 1 : 0.4, ...until(10 * MINUTE, length) };
}
