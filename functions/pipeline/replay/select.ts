import type { PlatformName } from '../../domain/order.ts';
import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { OrderStore } from '../../storage/orders.ts';
import { changedPages, type OrderIndex } from '../../storage/row-index.ts';
import { AT_ONCE, mapConcurrent } from '../map-concurrent.ts';

/** Which rows are meant; what is absent does not matter. Times are epoch ms of the row's last change. */
export interface RowFilter {
  platform?: PlatformName;
  state?: OrderRow['state'];
  reason?: string;
  from?: number;
  to?: number;
}

/** A store whose orders are in the table. */
export interface KnownStore {
  platform: PlatformName;
  storeId: string;
}

/** Keys that the index names at once. */
const KEYS_A_PAGE = 1000;

/**
 * Finds the rows that a filter means, over all stores of the merchant. What waits for a person is found without reading
 * the others, and where platform and times are all that matters no row is read: a merchant may have a hundred thousand.
 */
export async function selectRows(
  { orders, index }: { orders: Pick<OrderStore, 'get'>; index: OrderIndex },
  stores: readonly KnownStore[],
  filter: RowFilter,
): Promise<OrderKey[]> {
  const wanted = stores.filter(
    ({ platform }) => filter.platform === undefined || platform === filter.platform,
  );
  const narrow = filter.state === 'needs-review' || filter.reason !== undefined;
  const ofRow = narrow || filter.state !== undefined;
  const found: OrderKey[] = [];
  for (const store of wanted) {
    const keys = narrow
      ? (await index.needsReview(store.platform)).filter(({ storeId }) => storeId === store.storeId)
      : await changesOf(index, store, filter);
    const meant = ofRow ? await meantByRow(orders, keys, filter) : keys;
    for (const key of meant) found.push(key);
  }
  return found;
}

async function meantByRow(
  orders: Pick<OrderStore, 'get'>,
  keys: readonly OrderKey[],
  filter: RowFilter,
): Promise<OrderKey[]> {
  const meant = new Set<OrderKey>();
  await mapConcurrent(AT_ONCE, keys, async (key) => {
    const row = await orders.get(key);
    if (row !== undefined && isMeant(row, filter)) meant.add(key);
  });
  return keys.filter((key) => meant.has(key));
}

async function changesOf(
  index: OrderIndex,
  { platform, storeId }: KnownStore,
  { from, to }: RowFilter,
): Promise<OrderKey[]> {
  const between =
    from === undefined && to === undefined ? {} : { between: { from: from ?? 0, to: to ?? FOREVER } };
  const keys: OrderKey[] = [];
  for await (const page of changedPages(index, { platform, storeId, ...between, limit: KEYS_A_PAGE }))
    keys.push(...page);
  return keys;
}

const FOREVER = Date.parse('9999-12-31T00:00:00.000Z');

function isMeant(row: OrderRow, { state, reason, from, to }: RowFilter): boolean {
  const changed = Date.parse(row.changedAt);
  return (
    (state === undefined || row.state === state) &&
    (reason === undefined || row.review?.reason === reason) &&
    (from === undefined || changed >= from) &&
    (to === undefined || changed <= to)
  );
}
