import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import {
  at,
  type Draw,
  drawOutage,
  EVERY,
  MINUTE,
  POISON,
  POLLED,
  pickStore,
  SECOND,
  SENDING,
  service,
  silentQueue,
  span,
  TELLING,
  TROUBLES,
} from './drawing.ts';
import { beginOf, type FaultKind, type FeedFault, type PlannedFault } from './fault-kinds.ts';
import { CHANNELS, STORES } from './merchant.ts';
import type { PlannedOrder } from './planned-order.ts';
import {
  deadLetters,
  erasure,
  largePages,
  lateAnswers,
  lostNews,
  momentsOf,
  replay,
  starvation,
  stragglers,
} from './scenarios.ts';

/** Drawn beside an order. */
const ALREADY_AT_WORK: ReadonlySet<FaultKind> = new Set(['erase', 'replay', 'stragglers']);

/** Moves what is short to where something happens: most of a world's time, nothing does. */
function atWork(
  faults: PlannedFault[],
  moments: readonly number[],
  random: SeededRandom,
  length: number,
): PlannedFault[] {
  const [first] = faults;
  if (
    first === undefined ||
    ALREADY_AT_WORK.has(first.kind) ||
    faults.some(({ kind }) => kind === 'redrive' || (kind === 'lost-webhooks' && faults.length > 1)) ||
    moments.length === 0 ||
    !random.chance(0.6)
  )
    return faults;
  const lasts = 'from' in first ? first.to - first.from : 3 * SECOND;
  if (lasts > 90 * MINUTE) return faults;
  // What happens at one moment comes after the order's step, what lasts begins before it.
  const moment = random.pick(moments) + ('from' in first ? -1 : 1) * random.next() * lasts;
  const shift = Math.floor(Math.max(0, moment)) - beginOf(first);
  return faults.map((fault) =>
    'from' in fault
      ? { ...fault, from: Math.max(0, fault.from + shift), to: Math.min(length, fault.to + shift) }
      : { ...fault, at: Math.max(0, fault.at + shift) },
  );
}

/** Each kind with how often it is drawn, and how one is drawn. Failures of AWS last minutes, those of platforms hours. */
const KINDS: Record<
  Exclude<FaultKind, 'forged-webhook' | 'lost-hints' | FeedFault['kind']>,
  { weight: number; draw: Draw }
> = {
  crash: { weight: 5, draw: service('crash', EVERY, { least: MINUTE, most: 60 * MINUTE, chance: 0.08 }) },
  hang: {
    weight: 3,
    draw: (random, length) =>
      random.chance(0.4)
        ? silentQueue('hang', random, length)
        : service('hang', EVERY, { least: MINUTE, most: 20 * MINUTE, chance: 0.05 })(random, length),
  },
  refusal: {
    weight: 4,
    draw: (random, length) =>
      random.chance(0.3)
        ? silentQueue('refusal', random, length)
        : service('refusal', ['table', 'queue', 'secret'], {
            least: 10 * SECOND,
            most: 8 * MINUTE,
            chance: 0.6,
          })(random, length),
  },
  repeat: {
    weight: 2,
    draw: service('repeat', ['table', 'queue'], { least: MINUTE, most: 60 * MINUTE, chance: 0.2 }),
  },
  'lost-answer': {
    weight: 3,
    draw: service('lost-answer', ['table', 'queue'], { least: MINUTE, most: 15 * MINUTE, chance: 0.2 }),
  },
  slow: {
    weight: 2,
    draw: service('slow', ['table', 'queue'], { least: MINUTE, most: 30 * MINUTE, chance: 0.3 }),
  },
  platform: {
    weight: 7,
    draw: (random, length, orders) =>
      random.chance(0.15) ? starvation(random, length, orders) : drawOutage(random, length),
  },
  disorder: {
    weight: 3,
    draw: (random, length) => ({
      kind: 'disorder',
      duplicates: 0.5 * random.next(),
      lateMs: random.pick([200, 5000, 60_000, 8 * MINUTE]),
      ...span(random, length, 10 * MINUTE, 240 * MINUTE),
    }),
  },
  stragglers: { weight: 5, draw: stragglers },
  'lost-webhooks': {
    weight: 2,
    draw: (random, length) => ({
      kind: 'lost-webhooks',
      platform: pickStore(random, SENDING).platform.name,
      chance: random.chance(0.3) ? 1 : 0.3,
      ...span(random, length, MINUTE, 60 * MINUTE),
    }),
  },
  'unruly-webhooks': {
    weight: 3,
    draw: (random, length) => ({
      kind: 'unruly-webhooks',
      store: pickStore(random, SENDING).name,
      ...span(random, length, 10 * MINUTE, 240 * MINUTE),
    }),
  },
  'large-webhooks': {
    weight: 1,
    draw: (random, length) => ({
      kind: 'large-webhooks',
      platform: random.pick(TELLING).platform.name,
      ...span(random, length, 30 * MINUTE, 90 * MINUTE),
    }),
  },
  'odd-texts': {
    weight: 2,
    draw: (random, length) => ({
      kind: 'odd-texts',
      platform: random.pick([...TELLING, ...POLLED]).platform.name,
      ...span(random, length, 30 * MINUTE, 240 * MINUTE),
    }),
  },
  'api-down': {
    weight: 1,
    draw: (random, length) => ({ kind: 'api-down', ...span(random, length, 5 * SECOND, 30 * MINUTE) }),
  },
  trouble: {
    weight: 5,
    draw: (random, length, orders) => {
      if (random.chance(0.3)) return lostNews(random, length, orders);
      const { platform, trouble } = random.pick(TROUBLES);
      const store = random.pick(STORES.filter((one) => one.platform.name === platform));
      return {
        kind: 'trouble',
        store: store.name,
        trouble,
        ...span(random, length, MINUTE, 150 * MINUTE),
      };
    },
  },
  'second-poller': {
    weight: 3,
    draw: (random, length) => ({
      kind: 'second-poller',
      store: random.pick(POLLED).name,
      at: at(random, length),
    }),
  },
  'poison-webhook': {
    weight: 1,
    draw: (random, length) => ({
      kind: 'poison-webhook',
      store: pickStore(random, SENDING).name,
      body: random.pick(POISON),
      at: at(random, length),
    }),
  },
  'odd-number': {
    weight: 2,
    draw: (random, length) => ({
      kind: 'odd-number',
      store: random.pick(TELLING).name,
      number: random.pick(['1e16', '1e200', '1e-200']),
      at: at(random, length),
    }),
  },
  'poison-message': {
    weight: 1,
    draw: (random, length) => ({
      kind: 'poison-message',
      platform: random.pick(CHANNELS).platform.name,
      at: at(random, length),
    }),
  },
  'late-answer': {
    weight: 2,
    draw: (random, length) =>
      random.chance(0.5)
        ? lateAnswers(random, length)
        : service('late-answer', ['platform'], { least: MINUTE, most: 60 * MINUTE, chance: 0.5 })(
            random,
            length,
          ),
  },
  'large-pages': { weight: 2, draw: largePages },
  'second-reconcile': {
    weight: 2,
    draw: (random, length) => ({
      kind: 'second-reconcile',
      store: pickStore(random, STORES).name,
      at: at(random, length),
    }),
  },
  erase: { weight: 4, draw: erasure },
  replay: { weight: 3, draw: replay },
  redrive: { weight: 2, draw: deadLetters },
};

/** Draws the faults of one world; some worlds have few, so that each kind also stands alone. */
export function drawFaults(
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
): PlannedFault[] {
  const moments = orders.flatMap(momentsOf);
  const entries = Object.values(KINDS);
  const total = entries.reduce((sum, { weight }) => sum + weight, 0);
  const count = random.chance(0.3) ? random.int(1, 3) : random.int(3, 12);
  return Array.from({ length: count }, (): PlannedFault[] => {
    let drawn = random.next() * total;
    const kind = entries.find(({ weight }) => {
      drawn -= weight;
      return drawn < 0;
    });
    if (kind === undefined) throw new Error('no kind of fault has any weight');
    return atWork([kind.draw(random, length, orders)].flat(), moments, random, length);
  }).flat();
}
