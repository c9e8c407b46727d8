import type { OrderLine, OrderStatus } from '../order.ts';
import type { OrderRow } from '../order-row.ts';
import { type Thousandths, takenOf } from './quantity.ts';
import { isSkuName } from './sku-name.ts';

type Order = NonNullable<OrderRow['order']>;

/** What an order takes of one SKU by one of its lines. */
export interface TakenLine {
  readonly lineId: string;
  readonly sku: string;
  readonly taken: Thousandths;
  /** How much of it has left the house. */
  readonly gone: Thousandths;
  readonly locationId?: string | undefined;
}

/** Statuses at which the goods are with the buyer or on their way. */
const GONE: ReadonlySet<OrderStatus> = new Set(['dispatched', 'delivered', 'closed']);
/** Payments that undo a sale whose goods are still in the house. */
const UNDONE: ReadonlySet<string> = new Set(['refunded', 'voided', 'abandoned']);

/**
 * What each line of an order takes from the stock, whether the merchant's system knows of it or not. Nothing of a line whose
 * SKU cannot be counted ({@link isSkuName}).
 *
 * Not `countsAsSale`: that is about revenue, and is false of what was handed over and refunded. What has left the house is
 * taken for good; what has not is taken until the order is cancelled or its payment undone. Words that are not known take
 * the goods: better one less for sale than one too many.
 */
export function takenBy(order: Order): TakenLine[] {
  return (order.lines ?? []).flatMap((line) => {
    const { lineId, sku, quantity } = line;
    if (sku === undefined || !isSkuName(sku)) return [];
    const all = takenOf(quantity);
    const gone = Math.min(all, goneOf(order, line, all));
    const taken = isUndone(order) ? gone : all;
    const locationId = locationOf(order, lineId);
    return [
      {
        lineId,
        sku,
        taken,
        gone,
        ...(locationId === undefined ? {} : { locationId }),
      },
    ];
  });
}

/** The lines of an order whose SKU cannot be counted. */
export const uncountableLines = ({ lines = [] }: Pick<Order, 'lines'>): number =>
  lines.filter(({ sku }) => sku !== undefined && !isSkuName(sku)).length;

const isUndone = ({ status, payment }: Order): boolean =>
  status === 'cancelled' || UNDONE.has(payment.status);

/** How much of a line has left the house. */
function goneOf({ status, fulfilment }: Order, { lineId }: OrderLine, all: Thousandths): Thousandths {
  if (GONE.has(status) || ['dispatched', 'delivered'].includes(fulfilment.status)) return all;
  return fulfilment.parcels
    .filter((parcel) => parcel.status === 'dispatched' || parcel.status === 'delivered')
    .flatMap(({ lines = [] }) => lines)
    .filter((one) => one.lineId === lineId)
    .reduce((sum, { quantity }) => sum + takenOf(quantity), 0);
}

/** Where a line's goods leave from: what all of its parcels name alike. */
function locationOf({ fulfilment }: Order, lineId: string): string | undefined {
  const parcels = fulfilment.parcels.filter(({ status }) => status !== 'cancelled');
  const ofLine = parcels.filter(({ lines }) => lines?.some((one) => one.lineId === lineId) ?? true);
  const [first, ...others] = new Set(ofLine.map(({ locationId }) => locationId));
  return others.length === 0 ? first : undefined;
}
