import type { CommandTarget } from '../../commands.ts';
import type { PedidosyaChain } from '../settings.ts';
import { PELICAN } from './order-now.ts';

const DAY_MS = 86_400_000;
/** How far back orders can be asked for and changed (orders guide). */
const KEPT_DAYS = 60;

/** For the documentation. */
export const REFUSED_BY_ROW = [
  'the outlet picks in PedidosYa\'s own app (pickingMode "pelican"), or is not configured',
  'the order is cancelled',
  `the order is older than ${KEPT_DAYS} days`,
] as const;

export const CANCELLED =
  'The order is cancelled at PedidosYa, for good: nothing of it can be changed. What the buyer still wants is a new order.';
const NO_PARCELS = 'PedidosYa knows no parcels: an order is one. Leave parcel out.';

/** What the row knows against changing an order, whatever is to be changed. */
export function refusalOfRow(
  { row: { order }, givenAt }: CommandTarget,
  { stores }: Pick<PedidosyaChain, 'stores'>,
  parcel?: string,
): string | undefined {
  if (parcel !== undefined) return NO_PARCELS;
  if (order === undefined) return undefined;
  if (order.status === 'cancelled') return CANCELLED;
  const outlet = stores.find(({ ownCode, storeId }) => [ownCode, storeId].includes(order.outletId));
  if (order.outletId !== undefined && outlet?.pickingMode === 'pelican') return PELICAN;
  if (order.placedAt !== undefined && givenAt - Date.parse(order.placedAt) > KEPT_DAYS * DAY_MS) {
    return `PedidosYa answers for orders of the last ${KEPT_DAYS} days only. What is wrong with this one is settled with PedidosYa's support.`;
  }
  return undefined;
}
