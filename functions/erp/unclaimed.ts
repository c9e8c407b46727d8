import { isBefore } from '../domain/stock/order-claims.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import { orderPk, type StoreName } from '../storage/keys.ts';
import type { VersionsOfOrder } from '../storage/order-claims.ts';
import type { ChangedOrder, OrderIndex } from '../storage/row-index.ts';

/** The dimension of metrics about the merchant's own system. */
const platform = 'erp';
/** A change has so long to be followed before it counts as late, in ms: as long as the alarm on a tracker that is behind. */
const LATE_MS = 5 * 60_000;
/** Orders of one store: some changed without what they take being another, and hide those before them. */
const MOST_LOOKED_AT = 5;

/** Where it is looked whether what orders take is claimed. */
export interface ClaimsLook {
  readonly index: Pick<OrderIndex, 'changes'>;
  readonly versions: (key: ChangedOrder) => Promise<VersionsOfOrder | undefined>;
  readonly stores: readonly StoreName[];
  /** ISO time: orders that were placed before are not followed. */
  readonly since: string | undefined;
}

/**
 * Of each store's orders that changed last, those whose claims are older than their row for more than some minutes. Only these are
 * looked at: the tracker follows the orders in the order of their changes, so where it stands still the newest lack their claims.
 *
 * @param followed what an earlier look found followed; it is not read again, and becomes what this one found
 */
export async function unclaimedOrders(
  { index, versions, stores, since }: ClaimsLook,
  now: EpochMs,
  followed: Set<string> = new Set(),
): Promise<ChangedOrder[]> {
  const between = { from: 0, to: now - LATE_MS };
  const looked = await Promise.all(
    stores.map((store) => index.changes({ ...store, between, newestFirst: true, limit: MOST_LOOKED_AT })),
  );
  const changed = looked.flatMap(({ keys }) => keys);
  const before = new Set(followed);
  followed.clear();
  const unclaimed: ChangedOrder[] = [];
  for (const key of changed) {
    const name = `${orderPk(key)} ${key.changedAt}`;
    if (before.has(name) || !isUnclaimed(await versions(key), key, since)) followed.add(name);
    else unclaimed.push(key);
  }
  return unclaimed;
}

function isUnclaimed(
  found: VersionsOfOrder | undefined,
  { changedAt }: ChangedOrder,
  since: string | undefined,
): boolean {
  // A change after the one that was looked for may be on its way.
  if (found === undefined || found.changedAt !== changedAt) return false;
  if (found.claimed === undefined) return !isBefore(found.placedAt, since);
  return found.claimed < found.version;
}

/**
 * Counts the orders whose goods are not claimed into an alarm. Lambda measures how old what the tracker reads is, and is silent
 * where it is not run at all, because its event source mapping is disabled or its role is gone.
 */
export async function findUnclaimed(
  look: ClaimsLook & { readonly followed: Set<string> },
  { clock, metrics, log }: { clock: Pick<Clock, 'now'>; metrics: Metrics; log: Log },
): Promise<void> {
  const unclaimed = await unclaimedOrders(look, clock.now(), look.followed);
  if (unclaimed.length === 0) return;
  metrics.add('StockClaimsMissing', platform, unclaimed.length);
  log.error('what orders take is not claimed: the tracker is not run, or fails', {
    orders: unclaimed.map(orderPk),
    since: unclaimed.map(({ changedAt }) => changedAt).sort()[0],
  });
}
