import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type Match, type Search, searchOrders } from '../find-order.ts';
import { type RowSummary, summaryOf } from '../row-summary.ts';

/** An order that a text means, as a person sees it in a list. The rest is absent where the row went meanwhile. */
export type Hit = Partial<RowSummary> & { name: string; by: Match['by'] };

/**
 * Orders by whatever a person has in hand.
 *
 * @throws OperatorError where the text can name no order
 */
export async function findHits(
  context: Parameters<typeof searchOrders>[0],
  text: string,
  options: Parameters<typeof searchOrders>[2],
): Promise<{ matches: Hit[]; searched?: Search['searched'] }> {
  const { matches, searched } = await searchOrders(context, text, options);
  const rows = await context.ordersOf(matches.map(({ key }) => key));
  const hits = matches.map((match, at) => hitOf(match, rows[at]));
  return { matches: hits, ...(searched === undefined ? {} : { searched }) };
}

const hitOf = ({ key, by }: Match, row: OrderRow | undefined): Hit => ({
  name: itemName(key),
  by,
  ...(row === undefined ? {} : summaryOf(row)),
});
