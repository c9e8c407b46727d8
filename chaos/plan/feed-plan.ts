import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { HOUR, MINUTE, SECOND, TELLING } from './drawing.ts';
import {
  drawEndpointTrouble,
  drawErpFaults,
  drawReader,
  drawServiceFault,
  drawTornQueries,
  type ErpPlan,
} from './erp-plan.ts';
import type { PlannedFault } from './fault-kinds.ts';
import { STORES } from './merchant.ts';
import { type Plan, planOrder } from './plan.ts';
import type { PlannedOrder } from './planned-order.ts';

/** What a world about the feed tells of, with the faults that belong to it. */
type Story = (random: SeededRandom, length: number, erp: ErpPlan) => PlannedFault[];

const DAY = 24 * HOUR;
/** Longer than the feed keeps a page. */
const IDLE_DAYS = [28, 34, 36, 40];

/** Publishers die, and batches come again. */
const killed: Story = (random, length) => [
  { kind: 'crash', service: 'table', name: 'erp-publish', chance: 0.2, from: 0, to: length },
  drawServiceFault(random, length, 'erp-publish'),
];

/** The merchant's system does not answer for three days. */
const away: Story = (random) => {
  const from = Math.floor(random.next() * HOUR);
  const does = random.pick(['down', 'silent', 'suspended'] as const);
  return [{ kind: 'endpoint', does, chance: 1, from, to: from + 3 * DAY }];
};

const restored =
  (table: 'orders' | 'feed'): Story =>
  (random, length) => {
    const at = Math.floor((0.4 + 0.5 * random.next()) * length);
    return [{ kind: 'restore', table, at, backMs: Math.floor(random.next() * 90 * MINUTE) }];
  };

const pointerLost: Story = (random, length) => [
  { kind: 'lost-pointer', at: Math.floor((0.3 + 0.5 * random.next()) * length) },
];

/** Nothing is published for longer than the stream keeps what changed; the operator tells everything anew. */
const broken: Story = (random) => {
  const from = Math.floor(random.next() * HOUR);
  const to = from + 26 * HOUR;
  return [
    { kind: 'refusal', service: 'table', name: 'erp-publish', chance: 1, from, to },
    { kind: 'catch-up', at: to + 30 * MINUTE },
  ];
};

/** The shop rests for a month, and its pages expire. */
const idle: Story = (random, length) => {
  const to = length + random.pick(IDLE_DAYS) * DAY;
  return [{ kind: 'idle', nights: random.chance(0.7), from: length, to }];
};

const STORIES: readonly Story[] = [
  killed,
  away,
  killed,
  restored('feed'),
  killed,
  restored('orders'),
  killed,
  pointerLost,
  broken,
  idle,
];

/** Draws a world about the feed: bursts of changes, up to five readers, an endpoint, and one story after another by the seed. */
export function drawFeedPlan(seed: string, hours: number): Plan {
  const random = createSeededRandom(`${seed}/feed-plan`);
  const length = hours * HOUR;
  const story = STORIES[Number(seed) % STORIES.length] ?? killed;
  const erp: ErpPlan = {
    shards: random.int(2, 4),
    readers: Array.from({ length: 5 }, () => drawReader(random, SECOND, MINUTE)),
    endpoint: true,
    directed: true,
  };
  const told = story(random.fork('story'), length, erp);
  const others = [
    ...drawErpFaults(random.fork('faults'), length, erp),
    drawTornQueries(random, length),
    // Readers die between what they book and what they note, and deliveries in the middle of a call.
    dying(`erp-reader-${random.int(0, 4)}`, length),
    ...(random.chance(0.5) ? [dying('erp-deliver', length)] : []),
    ...(story === away ? [] : [drawEndpointTrouble(random, length)]),
  ];
  const orders = Array.from({ length: random.int(2, 4) }, () => burst(random, length)).flat();
  const odd = oddNumbers(random.fork('odd-numbers'), orders);
  const pause = told.find((fault) => fault.kind === 'idle');
  return {
    seed,
    hours,
    orders: pause === undefined ? orders : [...orders, ...burst(random, HOUR).map(later(pause.to))],
    faults: [...told, ...others, ...odd],
    reconciles: false,
    statusKeepsTime: false,
    catalogue: [],
    erp,
  };
}

const dying = (name: string, length: number): PlannedFault => ({
  kind: 'crash',
  service: 'platform',
  name,
  chance: 0.1,
  from: 0,
  to: length,
});

/** What a platform says of orders that we know cannot be read, and then it can be again: their state changes, and no content. */
function oddNumbers(random: SeededRandom, orders: readonly PlannedOrder[]): PlannedFault[] {
  const own = orders.filter(({ store }) => TELLING.some(({ name }) => name === store));
  if (own.length === 0) return [];
  return Array.from({ length: random.int(0, 3) }, () => {
    const { store, at } = random.pick(own);
    const after = (1 + 59 * random.next()) * SECOND;
    return { kind: 'odd-number', store, number: '1e200', known: true, at: Math.floor(at + after) };
  });
}

/** Orders of all stores within seconds, so that one page of the feed follows another. */
function burst(random: SeededRandom, length: number): PlannedOrder[] {
  const at = random.next() * length * 0.8;
  return Array.from({ length: random.int(10, 40) }, () =>
    planOrder(random.pick(STORES), Math.floor(at + random.next() * 10 * SECOND), random, length),
  );
}

const later =
  (by: number) =>
  ({ at, steps, ...order }: PlannedOrder): PlannedOrder => ({
    ...order,
    at: at + by,
    steps: steps.map((step) => ({ ...step, at: step.at + by })),
  });
