import { contentHash } from '../../functions/domain/content-hash.ts';
import type { Normalised, Order } from '../../functions/domain/order.ts';
import { normaliseImotrizOrder } from '../../functions/platforms/imotriz/normalise.ts';
import type { Platform } from '../../functions/platforms/names.ts';
import { normaliseNuvemshopOrder } from '../../functions/platforms/nuvemshop/normalise.ts';
import { normalisePedidosyaOrder } from '../../functions/platforms/pedidosya/normalise.ts';
import { SETTINGS } from '../world/merchant.ts';
import type { SimPlatforms } from '../world/platforms.ts';

/** One state that an order had at its platform. */
export interface PastState {
  /** Epoch ms of the true time from which on it was so. */
  at: number;
  hash: string;
  /** The platform's own record, as text with sorted keys. */
  record: string;
  order: Order;
}

/** Everything the platforms ever said of their orders: the ground truth that rows are held against. */
export interface History {
  /** Looks at an order again, after something happened to it. */
  look(platform: Platform, orderId: string): void;
  /** States of an order, oldest first; empty for one that never existed. */
  of(platform: string, orderId: string): readonly PastState[];
  all(): Iterable<{ platform: Platform; orderId: string; states: readonly PastState[] }>;
  /** Every text that says who a buyer is or where they live. */
  personal(): ReadonlySet<string>;
}

/** Reads a platform's record as our code does. */
export function normalise(platform: Platform, json: object): Normalised {
  // Normalising must not see an object that the simulated platform goes on changing.
  const record: unknown = structuredClone(json);
  if (platform === 'nuvemshop') return normaliseNuvemshopOrder(record, SETTINGS.nuvemshop);
  if (platform === 'pedidosya') return normalisePedidosyaOrder(record, SETTINGS.pedidosya);
  return normaliseImotrizOrder(record, SETTINGS.imotriz);
}

/** Long enough that no id or word of ours contains it by chance. */
const TELLING = 7;

export function createHistory(platforms: SimPlatforms, now: () => number): History {
  const states = new Map<string, { platform: Platform; orderId: string; states: PastState[] }>();
  const personal = new Set<string>();
  const keyOf = (platform: string, orderId: string) => `${platform}/${orderId}`;
  const gather = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= TELLING) personal.add(value);
    if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) gather(inner);
  };
  return {
    look(platform, orderId) {
      const json = platforms[platform].world.truth(orderId)[0]?.json;
      if (json === undefined) throw new Error(`the world lost ${platform} order ${orderId}`);
      const read = normalise(platform, json);
      if (!read.ok) throw new Error(`our code cannot read the simulated ${platform}: ${read.problem}`);
      const known = states.get(keyOf(platform, orderId)) ?? { platform, orderId, states: [] };
      states.set(keyOf(platform, orderId), known);
      gather(read.order.personal);
      const hash = contentHash(read.order);
      if (known.states.at(-1)?.hash === hash) return;
      known.states.push({ at: now(), hash, record: contentHash(json), order: read.order });
    },
    of: (platform, orderId) => states.get(keyOf(platform, orderId))?.states ?? [],
    all: () => states.values(),
    personal: () => personal,
  };
}
