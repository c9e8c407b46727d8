import { createSeededRandom, type SeededRandom } from '../platforms/shared/seeded-random.ts';
import type { ImotrizSimulator, NuvemshopSimulator, PedidosyaSimulator, ShopPlatforms } from './platforms.ts';
import type { Shop } from './shop.ts';

export interface DayOptions {
  /** Orders over all platforms. */
  orders: number;
  seed: number;
  /** Waits between two things that happen; `undefined` runs at full speed. */
  pause?: () => Promise<void>;
  /** Ends the day early. */
  signal?: AbortSignal;
}

/** What still happens to one order, first thing first. */
type Life = (() => void)[];

/** More webhooks in the air than this, and the day waits: a shop's customers do not all click in one millisecond. */
const IN_THE_AIR = 16;
/** Things that happen between two polls of iMotriz at full speed. */
const POLL_EVERY = 60;

/**
 * Lets a day pass in the shop: orders are placed, paid, changed, sent and cancelled on every platform, interleaved, while
 * webhooks arrive and iMotriz is polled. The same seed gives the same day. Resolves when the last thing happened.
 */
export async function runDay(shop: Shop, options: DayOptions): Promise<void> {
  const random = createSeededRandom(`${options.seed}/day`);
  const toPlace = newcomers(shop.platforms, options.orders, random);
  const living: Life[] = [];
  let polling: Promise<void> | undefined;
  for (let step = 1; toPlace.length > 0 || living.length > 0; step += 1) {
    if (options.signal?.aborted) return;
    const place =
      toPlace.length > 0 && (living.length === 0 || random.chance(0.3)) ? toPlace.shift() : undefined;
    if (place !== undefined) living.push(place());
    else {
      const life = random.pick(living);
      life.shift()?.();
      if (life.length === 0) living.splice(living.indexOf(life), 1);
    }
    if (step % POLL_EVERY === 0)
      polling ??= shop.poll().finally(() => {
        polling = undefined;
      });
    await (options.pause?.() ?? untilCalm(shop.platforms));
  }
  await polling;
}

async function untilCalm({ nuvemshop, pedidosya }: ShopPlatforms): Promise<void> {
  const inTheAir = () =>
    (nuvemshop?.world.pendingDeliveries() ?? 0) + (pedidosya?.world.pendingDeliveries() ?? 0);
  do await new Promise((resolve) => setImmediate(resolve));
  while (inTheAir() > IN_THE_AIR);
}

/** The orders of the day, dealt to the platforms in turn; calling one places it and gives what happens to it later. */
function newcomers(platforms: ShopPlatforms, count: number, random: SeededRandom): (() => Life)[] {
  const { nuvemshop, pedidosya, imotriz } = platforms;
  const shops = [
    nuvemshop && (() => nuvemshopLife(nuvemshop, random)),
    pedidosya && (() => pedidosyaLife(pedidosya, random)),
    imotriz && (() => imotrizLife(imotriz, random)),
  ].filter((shop) => shop !== undefined);
  return Array.from({ length: count }, (_, index) => shops[index % shops.length]).filter(
    (shop) => shop !== undefined,
  );
}

function nuvemshopLife({ world }: NuvemshopSimulator, random: SeededRandom): Life {
  const id = world.place();
  const life: Life = [];
  if (random.chance(0.3)) life.push(() => world.changeAddress(id));
  if (random.chance(0.2)) life.push(() => world.changeNote(id, 'Ring twice, please'));
  if (random.chance(0.1)) return [...life, () => world.cancel(id, 'customer')];
  life.push(() => world.pay(id));
  if (random.chance(0.1)) return [...life, () => world.cancel(id, 'inventory')];
  if (random.chance(0.7))
    life.push(
      () => world.pack(id),
      () => world.ship(id),
    );
  if (life.length > 2 && random.chance(0.5))
    life.push(
      () => world.deliver(id),
      () => world.archive(id),
    );
  return life;
}

function pedidosyaLife({ world }: PedidosyaSimulator, random: SeededRandom): Life {
  const store = random.pick(world.stores);
  const { order_id: id } = world.place({ storeId: store.id });
  // A store that picks with the platform's own app hears of two things only: ready, or cancelled.
  const quiet = store.pickingMode === 'pelican';
  const life: Life = [];
  if (!quiet && random.chance(0.2)) life.push(() => void world.change(id));
  if (random.chance(0.15)) return [...life, () => void world.cancel(id)];
  life.push(() => void world.prepare(id));
  if (!quiet && random.chance(0.6)) life.push(() => void world.deliver(id));
  return life;
}

function imotrizLife({ world }: ImotrizSimulator, random: SeededRandom): Life {
  const id = world.place();
  const life: Life = [() => world.pay(id)];
  if (random.chance(0.3)) life.push(() => world.change(id));
  if (random.chance(0.1)) life.push(() => world.cancel(id));
  return life;
}
