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
  TROUBLES,
} from './drawing.ts';
import { isThrottling, type PlannedFault } from './fault-kinds.ts';
import { CHANNELS } from './merchant.ts';
import type { PlannedOrder } from './planned-order.ts';

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
    { kind: 'late-answer', service: 'platform', name: `${name}-process`, chance: 0.7, ...range },
    { kind: 'disorder', duplicates: 0.5, lateMs: 5 * SECOND, ...range },
  ];
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
  const { platform, trouble } = random.pick(
    TROUBLES.filter((one) => SENDING.some((store) => store.platform.name === one.platform)),
  );
  const { name: store } = pickStore(
    random,
    SENDING.filter((one) => one.platform.name === platform),
  );
  const own = orders.filter((order) => order.store === store);
  const from = own.length > 0 ? random.pick(own).at + Math.floor(random.next() * SECOND) : at(random, length);
  const to = Math.min(length, from + Math.floor((5 + 145 * random.next()) * MINUTE));
  return [
    { kind: 'trouble', store, trouble, from, to },
    { kind: 'lost-webhooks', platform, chance: 1, from: to - SECOND, to: to + 10 * SECOND },
  ];
}

/** Receives of a message that fail, until it is a dead letter: five, nine minutes apart, and a few more. */
const UNTIL_DEAD_MS = 60 * MINUTE;

/** A mistake of ours stops all work on a platform's messages; it is put right, and the operator sends the dead letters back, killed once in the middle of it. */
export function deadLetters(random: SeededRandom, length: number): PlannedFault[] {
  const { name: platform } = random.pick(CHANNELS).platform;
  const from = Math.floor(at(random, length) * 0.7);
  const to = from + UNTIL_DEAD_MS + Math.floor(random.next() * 20 * MINUTE);
  const again = to + 30 * MINUTE;
  return [
    { kind: 'refusal', service: 'table', name: `${platform}-process`, chance: 1, deadly: true, from, to },
    { kind: 'crash', service: 'queue', name: 'operator', chance: 0.3, from: to, to: again },
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
