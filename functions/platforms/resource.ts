import type { Normalised } from '../domain/order.ts';
import type { MergeRules, OrderRow } from '../domain/order-row.ts';
import type { EpochMs, TimeRange } from '../domain/time.ts';
import type { Scan } from './scan.ts';
import type { Store } from './store.ts';

/** What bytes that were kept beside a row say when they are read by today's code. `changed`: fetch the order. */
export type StoredReading =
  | { kind: 'orders'; orders: { reading: Normalised; bytes: Uint8Array }[] }
  | { kind: 'changed'; orderId?: string };

export interface OrderResource<S = unknown, Api = unknown> extends MergeRules {
  normalise(json: unknown, store: Store<S>): Normalised;
  /** Never throws, whatever the bytes. */
  readStored(bytes: Uint8Array, store: Store<S>): StoredReading;
  /** Whether an order of the platform could have this id. */
  isOrderId(id: string): boolean;
  /** One order as the platform shows it now: its JSON, and the bytes to keep of it. @throws PlatformError */
  get(api: Api, orderId: string): Promise<{ json: unknown; bytes: Uint8Array }>;
  readonly reconciliation: Reconciliation<S, Api>;
}

/** One entry of a list. What the platform did not say is absent. */
export interface ListedOrder {
  readonly orderId?: string;
  /** The latest change that the entry states. */
  readonly changedAt?: EpochMs;
  /** The platform's own words. */
  readonly status: { readonly status?: string; readonly payment?: string; readonly fulfilment?: string };
  /** The whole order, where the list carries it. */
  readonly whole?: { readonly json: unknown; readonly bytes: Uint8Array };
}

export interface ListedPage {
  readonly orders: readonly ListedOrder[];
  /** Entries that are no objects at all; each says why. */
  readonly unreadable?: readonly string[];
}

export type Verdict = 'current' | 'missing' | 'stale';

interface ReconciliationBase<S> {
  everyMinutes(store: Store<S>): number;
  scans(store: Store<S>): readonly Scan[];
  /** Longest time that one call and what follows from it may take, in ms. */
  readonly slowestCallMs: number;
  /** Why the store cannot be reconciled as it is configured; undefined while it can. */
  off?(store: Store<S>): string | undefined;
}

/** How a platform is compared with the table; what it lists decides how a difference is repaired. */
export type Reconciliation<S = unknown, Api = unknown> = ReconciliationBase<S> &
  (ListsChanges<Api> | ListsOrders<S, Api> | ListsIds<S, Api>);

/** The list tells that an order changed: what differs is queued to be fetched. */
export interface ListsChanges<Api = unknown> {
  readonly lists: 'changes';
  list(api: Api, scan: Scan, range: TimeRange): AsyncIterable<ListedPage>;
  /**
   * `unsure`: the row says what is listed, and may lack a change that no list tells of. The order is fetched, and nothing was missed.
   *
   * @param askedAt epoch ms at which the list was asked for
   */
  compare(row: OrderRow | undefined, listed: ListedOrder, askedAt: EpochMs): Verdict | 'unsure';
}

/** The list carries whole orders: what differs is recorded. */
export interface ListsOrders<S = unknown, Api = unknown> {
  readonly lists: 'orders';
  list(api: Api, scan: Scan, range: TimeRange): AsyncIterable<ListedPage>;
  compare(row: OrderRow | undefined, listed: ListedOrder, askedAt: EpochMs): Verdict;
  /** Whether the platform sends a webhook when an order of this scan comes into this status. */
  sendsWebhook(store: Store<S>, scan: Scan, status: string): boolean;
}

/** The list has ids only: what is absent for longer than the polls need is fetched. */
export interface ListsIds<S = unknown, Api = unknown> {
  readonly lists: 'ids';
  listIds(api: Api): Promise<{ ids: string[]; unreadable: number }>;
  /** How long an id may be absent before it counts as missed, in ms. */
  patienceMs(store: Store<S>): number;
  /** What a person checks when the id in the list is not the id of the order. */
  readonly mismatchRemedy: string;
}
