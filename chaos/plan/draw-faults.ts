import { jobsOf } from '../../lib/jobs.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import {
  type FaultKind,
  isThrottling,
  PLANTED_PERSON,
  type PlannedFault,
  type PlatformFault,
  type ServiceFault,
  type TimeRange,
} from './fault-kinds.ts';
import { CHANNELS, type MerchantStore, STORES } from './merchant.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const OUTAGES: readonly PlatformFault['fault'][] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
  { kind: 'html', status: 403 },
  { kind: 'html', status: 502 },
  { kind: 'timeout-before' },
  { kind: 'timeout-after' },
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'reset-during' },
  { kind: 'empty-body' },
  { kind: 'truncated-body' },
  { kind: 'slow', delayMs: 8000 },
];
/** Functions that are worth a fault of their own: reconciliation only runs in some worlds. */
const FUNCTIONS = CHANNELS.flatMap(({ platform }) =>
  jobsOf(platform)
    .filter((job) => job !== 'reconcile' && job !== 'install')
    .map((job) => `${platform.name}-${job}`),
);
const POISON = [
  '{}',
  '[]',
  'null',
  '{"id":"x"}',
  '{"order_id":null}',
  '{"store_id":1,"event":"order/paid"}',
  // Whoever says why it cannot be read must not quote it.
  JSON.stringify({ customer: { name: PLANTED_PERSON } }),
];

type Draw = (random: SeededRandom, length: number) => PlannedFault;

const span = (random: SeededRandom, length: number, least: number, most: number): TimeRange => {
  const from = Math.floor(random.next() * length * 0.9);
  return { from, to: Math.min(length, Math.floor(from + least + (most - least) * random.next() ** 2)) };
};

/** Moves a short fault to where something happens: most of a world's time, nothing does. */
function atWork(
  fault: PlannedFault,
  moments: readonly number[],
  random: SeededRandom,
  length: number,
): PlannedFault {
  if (!('from' in fault) || moments.length === 0 || !random.chance(0.6)) return fault;
  const lasts = fault.to - fault.from;
  if (lasts > 90 * MINUTE) return fault;
  const from = Math.max(0, Math.floor(random.pick(moments) - random.next() * lasts));
  return { ...fault, from, to: Math.min(length, from + lasts) };
}
const at = (random: SeededRandom, length: number) => Math.floor(random.next() * length * 0.95);

const FETCHED = STORES.filter(({ platform }) => platform.resources.order.truth === 'fetched');
const POLLED = STORES.filter(({ platform }) => platform.poll !== undefined);
const SENDING = STORES.filter(({ platform }) => platform.webhook !== undefined);
/** Stores whose webhooks carry the whole order. */
const TELLING = SENDING.filter((store) => !FETCHED.includes(store));
/** Stores that only a reconciliation asks. */
const SELDOM_ASKED = STORES.filter((store) => !FETCHED.includes(store) && !POLLED.includes(store));

/** One of the stores: each platform is as likely as the others. */
function pickStore(random: SeededRandom, stores: readonly MerchantStore[]): MerchantStore {
  const platform = random.pick([...new Set(stores.map((one) => one.platform))]);
  return random.pick(stores.filter((one) => one.platform === platform));
}
const service = (
  kind: ServiceFault['kind'],
  services: readonly ServiceFault['service'][],
  limits: { least: number; most: number; chance: number },
): Draw => {
  return (random, length) => ({
    kind,
    service: random.pick(services),
    chance: limits.chance * (0.2 + random.next()),
    ...(random.chance(0.6) ? { name: random.pick(FUNCTIONS) } : {}),
    ...span(random, length, limits.least, limits.most),
  });
};

function drawOutage(random: SeededRandom, length: number): PlatformFault {
  const fault = random.pick(OUTAGES);
  // Now and then as long as the patience of a message whose platform fails, and being throttled must not use that up.
  const long = random.chance(isThrottling(fault) ? 0.5 : 0.1);
  return {
    kind: 'platform',
    store: random.pick(drawAsked(random)).name,
    fault,
    chance: long || random.chance(0.5) ? 1 : 0.2 + 0.6 * random.next(),
    ...(long
      ? { from: Math.floor(random.next() * 0.1 * length), to: length }
      : span(random, length, MINUTE, random.chance(0.3) ? 240 * MINUTE : 30 * MINUTE)),
  };
}

/** Most calls go to platforms that are asked for each order. */
function drawAsked(random: SeededRandom): readonly MerchantStore[] {
  const drawn = random.next();
  return drawn < 0.6 ? FETCHED : drawn < 0.92 ? POLLED : SELDOM_ASKED;
}

/** The one place where nothing can be read a second time: a queue that takes no page. */
const silentQueue = (kind: 'hang' | 'refusal', random: SeededRandom, length: number): ServiceFault => ({
  kind,
  service: 'queue',
  name: `${random.pick(POLLED).platform.name}-poll`,
  chance: 0.5 + 0.5 * random.next(),
  ...span(random, length, 10 * MINUTE, 60 * MINUTE),
});

const EVERY = ['table', 'queue', 'secret', 'platform'] as const;

/** Each trouble is as likely as the others, however many stores could have it. */
const TROUBLES = CHANNELS.flatMap(({ platform }) => {
  const names = STORES.filter((one) => one.platform === platform).flatMap(({ troubles }) => troubles);
  return [...new Set(names)].map((trouble) => ({ platform: platform.name, trouble }));
});

/** Each kind with how often it is drawn, and how one is drawn. Failures of AWS last minutes, those of platforms hours. */
const KINDS: Record<FaultKind, { weight: number; draw: Draw }> = {
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
  platform: { weight: 6, draw: drawOutage },
  disorder: {
    weight: 3,
    draw: (random, length) => ({
      kind: 'disorder',
      duplicates: 0.5 * random.next(),
      lateMs: random.pick([200, 5000, 60_000, 8 * MINUTE]),
      ...span(random, length, 10 * MINUTE, 240 * MINUTE),
    }),
  },
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
    draw: (random, length) => {
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
  'poison-message': {
    weight: 1,
    draw: (random, length) => ({
      kind: 'poison-message',
      platform: random.pick(CHANNELS).platform.name,
      at: at(random, length),
    }),
  },
  replay: {
    weight: 2,
    draw: (random, length) => ({ kind: 'replay', share: 0.2 + 0.8 * random.next(), at: at(random, length) }),
  },
};

/**
 * Draws the faults of one world; some worlds have few, so that each kind also stands alone.
 *
 * @param moments when something happens to an order (ms after the start)
 */
export function drawFaults(random: SeededRandom, length: number, moments: readonly number[]): PlannedFault[] {
  const entries = Object.values(KINDS);
  const total = entries.reduce((sum, { weight }) => sum + weight, 0);
  const count = random.chance(0.3) ? random.int(1, 3) : random.int(3, 12);
  return Array.from({ length: count }, () => {
    let drawn = random.next() * total;
    const kind = entries.find(({ weight }) => {
      drawn -= weight;
      return drawn < 0;
    });
    if (kind === undefined) throw new Error('no kind of fault has any weight');
    return atWork(kind.draw(random, length), moments, random, length);
  });
}
