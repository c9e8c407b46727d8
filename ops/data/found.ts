import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type Match, type Search, searchOrders } from '../find-order.ts';
import { OperatorError } from '../outputs.ts';
import { type RowSummary, summaryOf } from '../row-summary.ts';
import { type CustomerHit, findCustomers } from './found-customers.ts';
import { findSkus, type SkuHit } from './found-sku.ts';

/** An order that a text means, as a person sees it in a list. The rest is absent where the row went meanwhile. */
export type Hit = Partial<RowSummary> & { name: string; by: Match['by'] };

export interface Hits extends Pick<Search, 'all' | 'searched'> {
  matches: Hit[];
  customers: CustomerHit[];
  skus: SkuHit[];
}

/**
 * Orders, customers and SKUs by whatever a person has in hand.
 *
 * @throws OperatorError where the text can name none of them
 */
export async function findHits(
  context: Parameters<typeof searchOrders>[0] &
    Parameters<typeof findCustomers>[0] &
    Parameters<typeof findSkus>[0],
  text: string,
  options: Parameters<typeof searchOrders>[2],
): Promise<Hits> {
  const [customers, skus] = await Promise.all([findCustomers(context, text), findSkus(context, text)]);
  const { matches, ...search } = await searchOrders(context, text, options).catch(
    (error: unknown): Search => {
      // An id of the merchant's own system, and a SKU, may look like the name of a platform's order.
      if (customers.length + skus.length > 0 && error instanceof OperatorError)
        return { matches: [], all: true };
      throw error;
    },
  );
  const rows = await context.ordersOf(matches.map(({ key }) => key));
  return { ...search, matches: matches.map((match, at) => hitOf(match, rows[at])), customers, skus };
}

const hitOf = ({ key, by }: Match, row: OrderRow | undefined): Hit => ({
  name: itemName(key),
  by,
  ...(row === undefined ? {} : summaryOf(row)),
});
