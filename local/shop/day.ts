import { createSeededRandom } from '../platforms/shared/seeded-random.ts';
import type { PlacedOrder } from '../platforms/simulator-module.ts';
import type { Shop } from './shop.ts';
import { type ShopStore, serversOf } from './stores.ts';

export interface DayOptions {
  /** Orders over all platforms. */
  orders: number;
  seed: number;
  /** Waits between two things that happen; `undefined` runs at full speed. */
  pause?: () => Promise<void>;
  /** Ends the day early. */
  signal?: AbortSignal;
}

/** An order that was placed, and what still happens to it. */
interface LivingOrder extends PlacedOrder {
  store: ShopStore;
}

/** More webhooks in the air than this, and the day waits: a shop's customers do not all click in one millisecond. */
const IN_THE_AIR = 16;
/** Things that happen between two polls at full speed. */
const POLL_EVERY = 60;

/**
 * Lets a day pass in the shop: orders are placed, paid, changed, sent and cancelled on every platform, interleaved, while
 * webhooks arrive and the platforms that push nothing are polled. The same seed gives the same day. Resolves when the last thing happened.
 */
export async function runDay(shop: Shop, options: DayOptions): Promise<void> {
  const random = createSeededRandom(`${options.seed}/day`);
  const toPlace = dealOrders(shop.stores, options.orders);
  const living: LivingOrder[] = [];
  let polling: Promise<void> | undefined;
  for (let step = 1; toPlace.length > 0 || living.length > 0; step += 1) {
    if (options.signal?.aborted) return;
    const store =
      toPlace.length > 0 && (living.length === 0 || random.chance(0.3)) ? toPlace.shift() : undefined;
    if (store !== undefined) living.push({ store, ...store.newOrder(random) });
    else {
      const order = random.pick(living);
      takeNextStep(order);
      if (order.steps.length === 0) living.splice(living.indexOf(order), 1);
    }
    if (step % POLL_EVERY === 0)
      polling ??= shop.poll().finally(() => {
        polling = undefined;
      });
    await (options.pause?.() ?? untilCalm(shop.stores));
  }
  await polling;
}

async function untilCalm(stores: readonly ShopStore[]): Promise<void> {
  const servers = serversOf(stores);
  const inTheAir = () => servers.reduce((sum, { world }) => sum + world.pendingDeliveries(), 0);
  do await new Promise((resolve) => setImmediate(resolve));
  while (inTheAir() > IN_THE_AIR);
}

/** The stores in which the orders of the day are placed: each in turn. */
function dealOrders(stores: readonly ShopStore[], count: number): ShopStore[] {
  return Array.from({ length: count }, (_, index) => stores[index % stores.length] ?? []).flat();
}

function takeNextStep({ store, orderId, steps }: LivingOrder): void {
  const step = steps.shift();
  if (step !== undefined && !store.take(orderId, step))
    throw new Error(`The simulated ${store.platform.title} did not let ${step} happen to order ${orderId}.`);
}
