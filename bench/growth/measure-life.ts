import { TABLE } from '../../chaos/plan/merchant.ts';
import type { SimStore } from '../../chaos/plan/stores.ts';
import { itemBytes } from '../../functions/storage/dynamodb.ts';
import { serversOf } from '../../local/shop/stores.ts';
import { arrive, readerOf } from './measure-virtual.ts';
import { openVirtualAccount, type VirtualAccount } from './virtual-account.ts';
import { KINDS, nothing, type Used } from './wave.ts';

const MINUTE = 60_000;

/** What an order of a platform takes from its first state to its last, on average. */
export interface Life extends Used {
  platform: string;
  /** Orders that the platform told of, or handed out. */
  orders: number;
  /** Webhooks, calls of the platform and events of the feed for each. */
  webhooks: number;
  calls: number;
  events: number;
  /** Bytes of both tables that stay for good, and that expire. */
  keptBytes: number;
  expiringBytes: number;
}

/** Lets orders of an ordinary day be placed at each platform, and all happen to them that still happens. */
export async function measureLives(seed: number, ordersOfStore: number): Promise<Life[]> {
  const opened = openVirtualAccount(seed);
  try {
    const feed = readerOf(opened);
    const platforms = new Set(opened.stores.map(({ platform }) => platform));
    const lives: Life[] = [];
    for (const platform of platforms) {
      const stores = opened.stores.filter((store) => store.platform === platform);
      const before = stand(opened, stores, feed.events());
      opened.used.clear();
      await live(opened, stores, ordersOfStore);
      await feed.read();
      const after = stand(opened, stores, feed.events());
      const orders = after.orders - before.orders;
      const each = (name: keyof typeof after) => (after[name] - before[name]) / orders;
      lives.push({
        platform: platform.title,
        orders,
        webhooks: each('webhooks'),
        calls: each('calls'),
        events: each('events'),
        keptBytes: each('keptBytes'),
        expiringBytes: each('expiringBytes'),
        ...perOrder(opened.used, orders),
      });
    }
    return lives;
  } finally {
    await opened.close();
  }
}

function perOrder(used: ReadonlyMap<string, Used>, orders: number): Used {
  const all = nothing();
  for (const one of used.values()) for (const kind of KINDS) all[kind] += one[kind] / orders;
  return all;
}

/** Each step a minute after the one before. */
async function live(opened: VirtualAccount, stores: readonly SimStore[], orders: number): Promise<void> {
  const { loop, random } = opened;
  const placed = stores.flatMap((store) =>
    Array.from({ length: orders }, () => ({ store, ...store.newOrder(random) })),
  );
  const longest = Math.max(...placed.map(({ steps }) => steps.length));
  await arrive(opened);
  for (let at = 0; at < longest; at += 1) {
    await loop.run({ until: loop.now() + MINUTE });
    for (const { store, orderId, steps } of placed) {
      const step = steps[at];
      if (step !== undefined) store.take(orderId, step);
    }
    await arrive(opened);
  }
}

function stand({ tables, rows }: VirtualAccount, stores: readonly SimStore[], events: number) {
  const servers = serversOf(stores);
  const bytes = { keptBytes: 0, expiringBytes: 0 };
  for (const table of [TABLE.orders, TABLE.control])
    for (const item of tables.all(table))
      bytes[item.expiresAt === undefined ? 'keptBytes' : 'expiringBytes'] += itemBytes(item);
  return {
    orders: rows(),
    webhooks: servers.reduce((sum, { world }) => sum + world.deliveries().length, 0),
    calls: servers.reduce((sum, { calls }) => sum + calls.length, 0),
    events,
    ...bytes,
  };
}
