import { itemName } from '../../domain/item-name.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import type { Client } from '../tokens.ts';
import type { OrderView } from './answer-views.ts';
import type { ApiContext } from './context.ts';

/** What a client needs that sees the buyer. */
export const PERSONAL = 'orders:personal';

/** What a client may see of an order. */
export function viewOf(row: OrderRow, { name, scopes }: Client): OrderView {
  const { platform, storeId, platformOrderId, version, changedAt, state, review, order, personal } = row;
  const acknowledgement = row.acknowledgements?.[name];
  return {
    id: itemName(row),
    platform,
    storeId,
    platformOrderId,
    version,
    changedAt,
    state,
    ...(review === undefined ? {} : { review: { ...review, at: isoTime(review.at) } }),
    ...(order === undefined ? {} : { order }),
    ...(personal === undefined || !scopes.has(PERSONAL) ? {} : { personal }),
    ...(row.erased === undefined ? {} : { erasedAt: isoTime(row.erased.at) }),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    ...(row.acknowledgeBy === undefined ? {} : { acknowledgeBy: row.acknowledgeBy }),
  };
}

/**
 * Writes down that data of persons left us: for whom, of which orders or customers, and none of it.
 *
 * @param things what the views are of
 */
export function recordPersonalReads(
  views: readonly Pick<OrderView, 'id' | 'platform'>[],
  client: Client,
  { metrics, log }: Pick<ApiContext, 'metrics' | 'log'>,
  things: 'orders' | 'customers' = 'orders',
): void {
  if (views.length === 0) return;
  for (const { platform } of views) metrics.add('PersonalDataRead', platform, 1);
  log.info('personal data read', { client: client.name, [things]: views.map(({ id }) => id) });
}
