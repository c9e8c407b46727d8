import { pascal } from '../../config/output-names.ts';
import type { EventCost } from '../../lib/cost/event-costs.ts';
import { perOne, sum } from '../../lib/cost/units.ts';
import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Shop } from '../../local/shop/shop.ts';
import type { ShopStore } from '../../local/shop/stores.ts';
import { ACCESS_LOG_BYTES, type UnitCounter } from '../units.ts';
import type { Step, StepCounter } from './steps.ts';

/** How events come. */
export interface Rhythm {
  name: string;
  /** Orders that something happens to at once. */
  burst: number;
  bursts: number;
}

/**
 * What one event of a platform takes. `arrival`: from the platform to the row. `feed`: the publisher. `tracker`: the second reader of
 * the rows, which notes by what people find an order, and claims stock where somebody counts it.
 */
export interface MeasuredEvent extends EventCost {
  /** What the units go to. */
  steps: Step[];
}

/** Assumed: how long a platform takes to answer a call, and the function waits (ms). */
export const PLATFORM_ANSWERS_AFTER_MS = 200;

/** What counting needs of the deployment. */
export interface Counted {
  shop: Shop;
  counter: UnitCounter;
  steps: StepCounter;
  memoryMbOf(functionName: string): number;
}

/**
 * Lets orders be placed and change, and counts what each event takes. An event is a webhook that came in; of a platform that is
 * polled, a state of an order that a page had.
 */
export async function measureEvents(
  counted: Counted,
  store: ShopStore,
  rhythm: Rhythm,
): Promise<MeasuredEvent> {
  const { shop, counter, steps } = counted;
  const random = createSeededRandom(`cost ${store.platform.name} ${rhythm.name}`);
  const calls = store.simulator.calls.length;
  counter.reset();
  steps.reset();
  let states = 0;
  for (let round = 0; round < rhythm.bursts; round += 1) {
    const placed = Array.from({ length: rhythm.burst }, () => store.place());
    states += placed.length;
    await arrive(shop, store);
    states += placed.filter((orderId) => changes(store, orderId, random)).length;
    await arrive(shop, store);
  }
  const own = functionsOf(counted, store);
  const receives = own.find(({ path }) => path.includes('/Webhook/'));
  const webhooks = receives === undefined ? 0 : counter.of(receives.name).invocations;
  const events = receives === undefined ? states : webhooks;
  addWhatNobodySees(counted, store, { webhooks, calls: store.simulator.calls.length - calls });
  const of = (names: readonly string[]) => names.map((name) => counter.of(name)).reduce(sum);
  return {
    platform: store.platform.title,
    rhythm: rhythm.name,
    events,
    steps: steps.perOne(events),
    parts: {
      arrival: perOne(of(own.map(({ name }) => name)), events),
      feed: perOne(counter.of(erp(shop, 'Publisher')), events),
      tracker: perOne(counter.of(erp(shop, 'Tracker')), events),
    },
  };
}

/** Waits until all that was told has its rows, and what follows the rows is through with them. */
export async function arrive(shop: Shop, { poll, simulator }: ShopStore): Promise<void> {
  await simulator.world.settled();
  if (poll !== undefined) await shop.poll();
  await shop.cloud.idle();
}

/** Lets the first step happen that the order's state allows. */
function changes(store: ShopStore, orderId: string, random: SeededRandom): boolean {
  return store.module.drawSteps(random).some((step) => store.take(orderId, step));
}

export const functionsOf = ({ shop }: Counted, { platform }: ShopStore) =>
  shop.cloud.functions.filter(({ path }) => path.includes(`/${pascal(platform.name)}/`));

function erp({ cloud }: Shop, id: string): string {
  const found = cloud.functions.find(({ path }) => path.includes(`/Erp/${id}/`));
  if (found === undefined) throw new Error(`the deployment has no function ${id}`);
  return found.name;
}

/** What a bill has beside the calls that functions make: requests of the API, the event source's of the queue, waits for the platform. */
function addWhatNobodySees(
  counted: Counted,
  store: ShopStore,
  { webhooks, calls }: { webhooks: number; calls: number },
): void {
  const { counter, memoryMbOf } = counted;
  for (const { name, path } of functionsOf(counted, store)) {
    if (path.includes('/Webhook/'))
      counter.add(name, { httpRequests: webhooks, logBytes: webhooks * ACCESS_LOG_BYTES });
    // Lambda receives a batch, and deletes it.
    if (path.includes('/Consumer/')) counter.add(name, { queueRequests: 2 * counter.of(name).invocations });
    const isCaller = path.includes(store.poll === undefined ? '/Consumer/' : '/Poller/');
    const waitMs = isCaller ? calls * PLATFORM_ANSWERS_AFTER_MS : 0;
    counter.add(name, { waitMs, gigabyteSeconds: (waitMs / 1000) * (memoryMbOf(name) / 1024) });
  }
}
