import { stockOf } from '../../config/merchant.ts';
import type { EpochMs } from '../../functions/domain/time.ts';
import { unclaimedOrders } from '../../functions/erp/unclaimed.ts';
import { readVersions } from '../../functions/storage/order-claims.ts';
import type { OperatorContext } from '../context.ts';

/** Orders, of those that changed last, whose goods are not claimed. */
export interface ClaimsLate {
  orders: number;
  /** When the one of them changed that has waited longest. */
  since: EpochMs;
  /** The runbook's article on that. */
  article: 'stock-claims-missing';
}

/** What the tracker should have claimed; undefined where it claimed everything that was looked at, or nobody counts stock. */
export async function claimsLate({
  merchant,
  control,
  index,
  stores,
  outputs,
}: Pick<OperatorContext, 'merchant' | 'control' | 'index' | 'stores' | 'outputs'>): Promise<
  ClaimsLate | undefined
> {
  const settings = stockOf(merchant);
  if (settings === undefined) return undefined;
  const versions = readVersions(control.client, outputs('OrdersTableName'));
  const look = { index, versions, stores, since: settings.since };
  const late = await unclaimedOrders(look, control.clock.now());
  if (late.length === 0) return undefined;
  const since = Math.min(...late.map(({ changedAt }) => Date.parse(changedAt)));
  return { orders: late.length, since, article: 'stock-claims-missing' };
}
