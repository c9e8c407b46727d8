import { canonicalJson } from '../../domain/canonical-json.ts';
import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import { hasMaster, placesCountedBy } from '../../domain/stock/master.ts';
import { withOwnSale, withSoldElsewhere } from '../../domain/stock/mastered.ts';
import { type ChangedClaim, changedClaims, followOrder } from '../../domain/stock/order-claims.ts';
import { type SaleContext, withClaim } from '../../domain/stock/sale.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { claimKey, type Sku } from '../../domain/stock/sku.ts';
import { uncountableLines } from '../../domain/stock/taken.ts';
import type { TimeRange } from '../../domain/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import { orderPk } from '../../storage/keys.ts';
import type { OrderClaimsStore } from '../../storage/order-claims.ts';
import type { OrderStore } from '../../storage/orders.ts';
import type { StockStore } from '../../storage/stock.ts';

export interface OrderFollower {
  readonly orders: Pick<OrderStore, 'get'>;
  readonly claims: OrderClaimsStore;
  readonly stock: { update(...given: Parameters<StockStore['update']>): Promise<unknown> };
  readonly settings: StockSettings;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * What following an order came to: how many claims changed, or why it is not followed. `uncountable`: lines of which nothing is
 * claimed, because nobody can send a number of their SKU.
 */
export type Followed =
  | { readonly claims: number; readonly uncountable?: number }
  | { readonly notFollowed: 'too-large' };

/** Followers of one order at the same moment are few. */
const MAX_CONFLICTS = 8;

/**
 * Claims what an order takes, as its row is now. Whoever calls it may do so any number of times, and in any order: what it
 * writes is absolute. What the order is known to take is written last, so that whoever dies in between is repeated.
 */
export async function followRow(follower: OrderFollower, key: OrderKey): Promise<Followed> {
  const { orders, claims, settings } = follower;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const row = await orders.get(key);
    if (row?.order === undefined) return { claims: 0 };
    const known = await claims.get(key);
    const after = followOrder(known?.claims, row, settings);
    if (after === undefined || canonicalJson(after) === canonicalJson(known?.claims)) return { claims: 0 };
    const changed = changedClaims(key, known?.claims, after);
    const write = hasMaster(settings.channels) ? writeMove : writeClaim;
    for (const one of changed) await write(follower, row, one);
    const put = await claims.put(key, after, known?.revision ?? 0);
    if (put === 'written') return { claims: changed.length, uncountable: uncountableLines(row.order) };
    if (put === 'too-large') return { notFollowed: put };
  }
  throw new OwnError(`${orderPk(key)}: its claims met ${MAX_CONFLICTS} other writers`);
}

async function writeClaim(
  { stock, settings, clock }: OrderFollower,
  row: OrderRow,
  { sku, claim, before }: ChangedClaim,
): Promise<void> {
  const sale = saleOf(row, before);
  await stock.update(sku, (known) => withClaim(known, claim, sale, settings, clock.now()));
}

/** Where a platform counts, its own orders claim nothing: its number has them already. The others are taken from it. */
async function writeMove(
  { stock, settings, clock }: OrderFollower,
  row: OrderRow,
  { sku, claim, before }: ChangedClaim,
): Promise<void> {
  const sale = saleOf(row, before);
  const counted = placesCountedBy(settings.channels, sale);
  if (counted.length === 0) {
    const sold = (known: Sku) => withSoldElsewhere(known, claim, sale, settings, clock.now());
    await stock.update(sku, sold, claimKey(claim));
    return;
  }
  // An acknowledgement, say, or goods that leave the house: the number stays as it is.
  if (before === claim.history.at(-1)?.taken) return;
  const changed = changedBetween(row, sale);
  await stock.update(sku, (known) => withOwnSale(known, counted, changed, settings, clock.now()));
}

/** When an order changed what it takes. One that is new to us may have been edited or cancelled since it was placed. */
function changedBetween({ order, changedAt }: OrderRow, { before, placedAt }: SaleContext): TimeRange {
  if (before === undefined)
    return { from: placedAt, to: Math.max(placedAt, Date.parse(order?.updatedAt ?? '') || 0) };
  const at = Date.parse(order?.updatedAt ?? changedAt);
  return { from: at, to: at };
}

const saleOf = (
  { platform, storeId, order, changedAt }: OrderRow,
  before: ChangedClaim['before'],
): SaleContext => ({
  platform,
  storeId,
  outletId: order?.outletId,
  through: order?.channel?.name,
  placedAt: Date.parse(order?.placedAt ?? changedAt),
  before,
});
