import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import {
  at,
  ERASING,
  FETCHED,
  MINUTE,
  OUTAGES,
  POLLED,
  pickStore,
  SECOND,
  SENDING,
  span,
  TELLING,
} from './drawing.ts';
import { isThrottling, type PlannedFault } from './fault-kinds.ts';
import { CHANNELS, STORES } from './merchant.ts';
import type { PlannedOrder } from './planned-order.ts';

/**
 * A server of a platform's queue is away from before one change of an order until after its last, and holds some of the
 * messages between: an old one and the newest come together, after the order was fetched for the others.
 */
export function stragglers(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const changed = orders.filter(({ steps }) => steps.length > 1);
  const asked = changed.filter(({ store }) => FETCHED.some(({ name }) => name === store));
  const from = asked.length > 0 && random.chance(0.7) ? asked : changed;
  const order = from.length > 0 ? random.pick(from) : undefined;
  const { platform } = STORES.find(({ name }) => name === order?.store) ?? random.pick(STORES);
  const moments = order === undefined ? [at(random, length)] : momentsOf(order);
  const last = moments.at(-1) ?? 0;
  const early = moments.filter((moment) => moment < last - 3 * SECOND);
  const begin = Math.max(0, (early.length > 0 ? random.pick(early) : last) - SECOND);
  const to = Math.min(length, last + Math.floor((5 + 295 * random.next() ** 2) * SECOND));
  return [
    { kind: 'stragglers', platform: platform.name, chance: 0.3 + 0.5 * random.next(), from: begin, to },
  ];
}

/** A store's platform throttles every call from its first order on, until the end: for longer than any patience. */
export function starvation(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const store = random.pick(FETCHED).name;
  const first = orders.filter((order) => order.store === store).sort((a, b) => a.at - b.at)[0];
  const fault = random.pick(OUTAGES.filter(isThrottling));
  return [{ kind: 'platform', store, fault, chance: 1, from: first?.at ?? 0, to: length }];
}

/** Of two answers the one to the earlier question comes later, because its order's events are late and the network is slow. */
export function lateAnswers(random: SeededRandom, length: number): PlannedFault[] {
  const { name } = pickStore(random, FETCHED).platform;
  const range = span(random, length, 10 * MINUTE, 120 * MINUTE);
  return [
    { kind: 'late-answer', service: 'platform', name: `${name}-process`, chance: 0.5, ...range },
    { kind: 'disorder', duplicates: 0.2, lateMs: 8 * SECOND, ...range },
  ];
}

/** Of an order that changes twice within seconds, the answer about the first change comes after that about the second. */
export function lateForOne(random: SeededRandom, orders: readonly PlannedOrder[]): PlannedFault[] {
  const { store, steps } = random.pick(orders);
  const [first, second] = steps;
  const platform = STORES.find(({ name }) => name === store)?.platform.name;
  if (first === undefined || second === undefined || platform === undefined) return [];
  const range = { from: first.at, to: second.at };
  return [{ kind: 'late-answer', service: 'platform', name: `${platform}-process`, chance: 1, ...range }];
}

/** Pages that one message cannot carry, mostly while the queue refuses every other message. */
export function largePages(random: SeededRandom, length: number): PlannedFault[] {
  const { name: store, platform } = random.pick(POLLED);
  const range = span(random, length, 30 * MINUTE, 90 * MINUTE);
  const refused = random.chance(0.7);
  return [
    { kind: 'large-pages', store, ...range },
    ...(refused
      ? [{ kind: 'refusal', service: 'queue', name: `${platform.name}-poll`, chance: 0.6, ...range } as const]
      : []),
  ];
}

/** Something is wrong with the account right after an order, which then waits, and the platform's word on the end is lost. */
export function lostNews(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const able = SENDING.filter(({ troubles }) => troubles.length > 0);
  // Where many orders are: a sale that begins while something is wrong.
  const order = orders.filter(({ store }) => able.some(({ name }) => name === store));
  const chosen = order.length > 0 ? random.pick(order) : undefined;
  const {
    name: store,
    platform,
    troubles,
  } = able.find(({ name }) => name === chosen?.store) ?? random.pick(able);
  const trouble = random.pick(troubles);
  const from = chosen === undefined ? at(random, length) : chosen.at + Math.floor(random.next() * SECOND);
  const to = Math.min(length, from + Math.floor((5 + 145 * random.next()) * MINUTE));
  return [
    { kind: 'trouble', store, trouble, from, to },
    { kind: 'lost-webhooks', platform: platform.name, chance: 1, from: to - SECOND, to: to + 10 * SECOND },
  ];
}

/** Times at which something happens to an order, its placement first. */
export const momentsOf = ({ at: placed, steps }: PlannedOrder): number[] => [
  placed,
  ...steps.map((step) => step.at),
];

/** Times at which the merchant's own system asks for something to be done to an order. */
export const postsOf = ({ posts = [] }: PlannedOrder): number[] =>
  posts.flatMap(({ at: first, again }) => [first, ...again.map(({ at: later }) => later)]);

/** Receives of a message that fail, until it is a dead letter: five, nine minutes apart, and a few more. */
const UNTIL_DEAD_MS = 60 * MINUTE;

/** A mistake of ours stops all work on a platform's messages; it is put right, and the operator sends the dead letters back, killed once in the middle of it. */
export function deadLetters(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const { name: platform } = random.pick(CHANNELS).platform;
  // The last that happens to an order: nothing later puts right what is lost of it.
  const lasts = orders
    .filter(({ store }) => STORES.some((one) => one.name === store && one.platform.name === platform))
    .map((order) => momentsOf(order).at(-1) ?? order.at);
  const moment = lasts.length > 0 ? random.pick(lasts) : at(random, length);
  const from = Math.max(0, Math.floor(moment - random.next() * 2 * MINUTE));
  const to = from + UNTIL_DEAD_MS + Math.floor(random.next() * 20 * MINUTE);
  const again = to + 30 * MINUTE;
  return [
    { kind: 'refusal', service: 'table', name: `${platform}-process`, chance: 1, deadly: true, from, to },
    {
      kind: random.chance(0.5) ? 'crash' : 'refusal',
      service: 'queue',
      name: 'operator',
      chance: 0.3,
      from: to,
      to: again,
    },
    { kind: 'redrive', platform, at: to + 15 * MINUTE },
    { kind: 'redrive', platform, at: again + 30 * MINUTE },
  ];
}

/** Buyers of a store ask for their erasure: right after an order, so that it may not be here yet, or later. */
export function erasure(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const { name } = pickStore(random, ERASING);
  const own = orders.filter(({ store }) => store === name);
  const after =
    (own.length > 0 ? random.pick(own).at : 0) + random.next() * random.pick([2 * SECOND, 90 * MINUTE]);
  const share = random.chance(0.5) ? 1 : 0.2 + 0.6 * random.next();
  return [{ kind: 'erase', store: name, share, at: Math.min(length - 1, Math.floor(after) + 100) }];
}

/** Somebody forges news of orders, in one of a few worlds. */
export function forgeries(random: SeededRandom, length: number): PlannedFault[] {
  if (!random.chance(0.25)) return [];
  return Array.from({ length: random.int(1, 3) }, () => {
    const { name: store } = random.pick(TELLING);
    return { kind: 'forged-webhook', store, final: random.chance(0.5), at: at(random, length) };
  });
}

/** The operator replays a platform's rows, from stored bytes mostly right before an order changes. */
export function replay(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const source = random.chance(0.5) ? 'raw' : 'fresh';
  const fetched = orders.filter(({ store }) => FETCHED.some(({ name }) => name === store));
  const steps = fetched.flatMap((order) => order.steps.map((step) => ({ ...step, store: order.store })));
  if (source === 'fresh' || steps.length === 0 || random.chance(0.3)) {
    const { name: platform } = random.pick(CHANNELS).platform;
    return [{ kind: 'replay', platform, source, reviewed: random.chance(0.2), at: at(random, length) }];
  }
  const step = random.pick(steps);
  const platform = FETCHED.find(({ name }) => name === step.store)?.platform.name ?? '';
  const before = Math.max(0, Math.floor(step.at - random.next() * 30 * SECOND));
  return [{ kind: 'replay', platform, source, reviewed: false, at: before }];
}
