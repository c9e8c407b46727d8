import type { Resource } from '../../functions/domain/resource.ts';
import type { EpochMs } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import type { Store } from '../../functions/platforms/store.ts';
import type { OperatorContext } from '../context.ts';
import { storeIn } from '../store-check.ts';

/** What can be imported of a store, in the order in which it is: orders wait for nothing. */
export const IMPORT_KINDS = ['orders', 'products', 'customers'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const RESOURCE_OF: Readonly<Record<ImportKind, Resource>> = {
  orders: 'order',
  products: 'product',
  customers: 'customer',
};

/** Orders are imported from so long ago, where nobody says otherwise (ms). */
export const ORDERS_MS = 60 * 86_400_000;

/** What an import is to bring. */
export interface ImportWanted {
  kinds: readonly ImportKind[];
  /** Epoch ms; {@link ORDERS_MS} ago when absent. */
  ordersFrom?: EpochMs | undefined;
  /** Epoch ms; now when absent. */
  ordersTo?: EpochMs | undefined;
}

/** What is planned of one kind. */
export interface KindPlan {
  kind: ImportKind;
  /** Of orders. */
  range?: { from: EpochMs; to: EpochMs };
  /** Orders from before this are wanted, and the platform lists them no more (epoch ms). */
  notListedBefore?: EpochMs;
  /** Why nothing of the kind comes; absent where it does. */
  leftOut?: 'switched-off' | 'not-offered' | 'not-comparable' | 'not-listed';
  /** The same in more words, where there are any. */
  because?: string;
}

export interface StorePlan extends KnownStore {
  kinds: KindPlan[];
}

/** What an import would ask for, from the configuration alone. */
export function planImport(
  context: OperatorContext,
  stores: readonly KnownStore[],
  wanted: ImportWanted,
): StorePlan[] {
  const now = context.control.clock.now();
  const kinds = IMPORT_KINDS.filter((kind) => wanted.kinds.includes(kind));
  return stores.map((known) => {
    const { platform, store } = storeIn(context, known);
    return { ...known, kinds: kinds.map((kind) => planKind(platform, store, kind, wanted, now)) };
  });
}

function planKind(
  { resources }: Platform,
  store: Store,
  kind: ImportKind,
  { ordersFrom, ordersTo }: ImportWanted,
  now: EpochMs,
): KindPlan {
  if (kind !== 'orders') {
    const resource = resources[kind === 'products' ? 'product' : 'customer'];
    if (resource === undefined) return { kind, leftOut: 'not-offered' };
    return resource.scans(store).length === 0 ? { kind, leftOut: 'switched-off' } : { kind };
  }
  const { reconciliation } = resources.order;
  const because = reconciliation.off?.(store);
  if (because !== undefined) return { kind, leftOut: 'not-comparable', because };
  const oldest = now - Math.max(...reconciliation.scans(store).map(({ keptMs }) => keptMs));
  const from = ordersFrom ?? now - ORDERS_MS;
  const to = Math.min(ordersTo ?? now, now);
  if (to <= oldest) return { kind, leftOut: 'not-listed', notListedBefore: oldest };
  const range = { from: Math.max(from, oldest), to };
  return { kind, range, ...(from < oldest ? { notListedBefore: oldest } : {}) };
}
