import { contentHash } from '../../functions/domain/canonical-json.ts';
import type { Order } from '../../functions/domain/order.ts';
import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { SimStore } from '../plan/stores.ts';
import type { Readings } from './readings.ts';

/** One state that an order had at its platform. */
export interface PastState {
  /** Epoch ms of the true time from which on it was so. */
  at: number;
  hash: string;
  /** The same once its person is erased. */
  erasedHash(): string;
  /** Hash of the platform's own record, where it tells us the whole of it. */
  record: string;
  order: Order;
}

/** An order and the states it had, oldest first. */
export interface PastOrder {
  store: SimStore;
  orderId: string;
  states: readonly PastState[];
}

/** Everything the platforms ever said of their orders: the ground truth that rows are held against. */
export interface History {
  /** Looks at an order again, after something happened to it. */
  look(store: SimStore, orderId: string): void;
  /** States of an order, oldest first; empty for one that never existed. */
  of(key: OrderKey): readonly PastState[];
  all(): Iterable<PastOrder>;
  /** Every text that says who a buyer is or where they live. */
  personal(): ReadonlySet<string>;
  /** The same of one order. */
  personalOf(key: OrderKey): ReadonlySet<string>;
}

/** The key of an order's row. */
export const orderKey = ({ platform, storeId }: SimStore, platformOrderId: string): OrderKey => ({
  platform: platform.name,
  storeId,
  platformOrderId,
});

/** Long enough that no id or word of ours contains it by chance. */
const TELLING = 7;

/** Whether a text tells a word of a person. Digits in the middle of a longer number are that number's: a time has thirteen. */
export function tells(text: string, word: string): boolean {
  if (!text.includes(word)) return false;
  return !/^\d+$/.test(word) || new RegExp(`(?<!\\d)${word}(?!\\d)`).test(text);
}

export function createHistory(now: () => number, readings: Readings): History {
  const orders = new Map<string, PastOrder & { states: PastState[] }>();
  const personal = new Set<string>();
  return {
    look(one, orderId) {
      const { name } = one;
      const json = one.simulator.world.truth(orderId).find(({ storeId }) => storeId === one.storeId)?.json;
      if (json === undefined) throw new Error(`the world lost order ${orderId} of ${name}`);
      const read = readings.of(one, JSON.stringify(json), json);
      if (!read.ok) throw new Error(`our code cannot read the simulated ${name}: ${read.problem}`);
      const key = orderPk(orderKey(one, orderId));
      const known = orders.get(key) ?? { store: one, orderId, states: [] };
      orders.set(key, known);
      const { order, hash } = read;
      gather(order.personal, personal);
      if (known.states.at(-1)?.hash === hash) return;
      known.states.push({
        at: now(),
        hash,
        erasedHash: once(() => contentHash({ ...order, personal: {} })),
        record: one.webhooks?.carriesOrder === false ? '' : contentHash(json),
        order,
      });
    },
    of: (key) => orders.get(orderPk(key))?.states ?? [],
    all: () => orders.values(),
    personal: () => personal,
    personalOf(key) {
      const found = new Set<string>();
      for (const { order } of orders.get(orderPk(key))?.states ?? []) gather(order.personal, found);
      return found;
    },
  };
}

/** Ids of parts of the order stand beside what is personal of them, and in the open as well. */
const ID_OF_PART: ReadonlySet<string> = new Set(['parcelId', 'lineId', 'fieldId']);

function gather(value: unknown, into: Set<string>): void {
  if (typeof value === 'string' && value.length >= TELLING) into.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) if (!ID_OF_PART.has(name)) gather(inner, into);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The content that a row has when it is in this state. */
export const hashIn = (state: PastState, { erased }: Pick<OrderRow, 'erased'>): string =>
  erased === undefined ? state.hash : state.erasedHash();
