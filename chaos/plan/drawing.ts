import { jobsOf } from '../../lib/jobs.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import {
  isThrottling,
  PLANTED_PERSON,
  type PlannedFault,
  type PlatformFault,
  type ServiceFault,
  type TimeRange,
} from './fault-kinds.ts';
import { CHANNELS, type MerchantStore, STORES } from './merchant.ts';
import type { PlannedOrder } from './planned-order.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const OUTAGES: readonly PlatformFault['fault'][] = [
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
const FUNCTIONS = CHANNELS.flatMap((channel) =>
  jobsOf(channel)
    .filter((job) => job !== 'reconcile' && job !== 'install' && job !== 'dispatch' && job !== 'tell')
    .map((job) => `${channel.platform.name}-${job}`),
);
export const POISON = [
  '{}',
  '[]',
  'null',
  '{"id":"x"}',
  '{"order_id":null}',
  '{"store_id":1,"event":"order/paid"}',
  // Whoever says why it cannot be read must not quote it.
  JSON.stringify({ customer: { name: PLANTED_PERSON } }),
];

/** One fault, or several that only together do harm. */
export type Draw = (
  random: SeededRandom,
  length: number,
  orders: readonly PlannedOrder[],
) => PlannedFault | PlannedFault[];

export const span = (random: SeededRandom, length: number, least: number, most: number): TimeRange => {
  const from = Math.floor(random.next() * length * 0.9);
  return { from, to: Math.min(length, Math.floor(from + least + (most - least) * random.next() ** 2)) };
};

export const at = (random: SeededRandom, length: number) => Math.floor(random.next() * length * 0.95);

export const FETCHED = STORES.filter(({ platform }) => platform.resources.order.truth === 'fetched');
export const POLLED = STORES.filter(({ platform }) => platform.poll !== undefined);
export const SENDING = STORES.filter(({ platform }) => platform.webhook !== undefined);
/** Stores that pass on requests to erase a buyer. */
export const ERASING = SENDING.filter(({ erases }) => erases);
/** Stores whose webhooks carry the whole order. */
export const TELLING = SENDING.filter((store) => !FETCHED.includes(store));
/** Stores that only a reconciliation asks. */
const SELDOM_ASKED = STORES.filter((store) => !FETCHED.includes(store) && !POLLED.includes(store));

/** One of the stores: each platform is as likely as the others. */
export function pickStore(random: SeededRandom, stores: readonly MerchantStore[]): MerchantStore {
  const platform = random.pick([...new Set(stores.map((one) => one.platform))]);
  return random.pick(stores.filter((one) => one.platform === platform));
}
export const service = (
  kind: ServiceFault['kind'],
  services: readonly ServiceFault['service'][],
  limits: { least: number; most: number; chance: number },
): ((random: SeededRandom, length: number) => ServiceFault) => {
  return (random, length) => ({
    kind,
    service: random.pick(services),
    chance: limits.chance * (0.2 + random.next()),
    ...(random.chance(0.6) ? { name: random.pick(FUNCTIONS) } : {}),
    ...span(random, length, limits.least, limits.most),
  });
};

export function drawOutage(random: SeededRandom, length: number): PlatformFault {
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
export const silentQueue = (
  kind: 'hang' | 'refusal',
  random: SeededRandom,
  length: number,
): ServiceFault => ({
  kind,
  service: 'queue',
  name: `${random.pick(POLLED).platform.name}-poll`,
  chance: 0.5 + 0.5 * random.next(),
  ...span(random, length, 10 * MINUTE, 60 * MINUTE),
});

export const EVERY = ['table', 'queue', 'secret', 'platform'] as const;

/** Each trouble is as likely as the others, however many stores could have it. */
export const TROUBLES = CHANNELS.flatMap(({ platform }) => {
  const names = STORES.filter((one) => one.platform === platform).flatMap(({ troubles }) => troubles);
  return [...new Set(names)].map((trouble) => ({ platform: platform.name, trouble }));
});
