import { emailText } from '../../functions/domain/email-text.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { OperatorContext } from '../context.ts';
import { type FoundByEmail, findByEmail } from '../find-email.ts';
import { type Match, type Search, type SearchOptions, searchOrders } from '../find-order.ts';
import { OperatorError } from '../outputs.ts';
import { type RowSummary, summaryOf } from '../row-summary.ts';
import { type CustomerHit, customerHits, findCustomers } from './found-customers.ts';
import { findSkus, type SkuHit } from './found-sku.ts';

/** An order that a text means, as a person sees it in a list. The rest is absent where the row went meanwhile. */
export type Hit = Partial<RowSummary> & { name: string; by: Match['by'] };

export interface Hits extends Pick<Search, 'all' | 'searched'> {
  matches: Hit[];
  customers: CustomerHit[];
  skus: SkuHit[];
  /** Of a text that is an e-mail address: whether it was looked for as one. */
  asEmail?: boolean;
}

interface FindOptions extends Omit<SearchOptions, 'email'> {
  /** What the audit trail says was done, where the text may be an e-mail address; absent: it is looked for as none. */
  auditedAs?: string;
  /** Told why nothing is found by the hash of an e-mail, where the orders themselves are read as well. */
  onUnreadKey?: (why: string) => void;
}

/**
 * Orders, customers and SKUs by whatever a person has in hand. An e-mail address is looked for under an entry of the audit
 * trail, which says that there was one and not which.
 *
 * @throws OperatorError where the text can name none of them, or where nothing but the hash of an e-mail is asked for and its
 * key cannot be read
 */
export async function findHits(
  context: Parameters<typeof searchOrders>[0] &
    Parameters<typeof findCustomers>[0] &
    Parameters<typeof findSkus>[0] &
    Parameters<typeof findByEmail>[0] &
    Pick<OperatorContext, 'audited'>,
  text: string,
  { auditedAs, onUnreadKey, ...options }: FindOptions,
): Promise<Hits> {
  const email = emailText(text);
  const onUnread = (options.days ?? 0) > 0 ? onUnreadKey : undefined;
  const mailed =
    email === undefined || auditedAs === undefined
      ? undefined
      : await findAudited(context, email, { auditedAs, onUnread });
  const [known, skus, reached] = await Promise.all([
    findCustomers(context, text),
    findSkus(context, text),
    Promise.all((mailed?.customers ?? []).map((key) => customerHits(context, key, 'email'))),
  ]);
  const customers = [...known, ...reached.flat()];
  const { matches, ...search } = await searchOrders(context, text, {
    ...options,
    ...(email === undefined || mailed === undefined ? {} : { email: { text: email, orders: mailed.orders } }),
  }).catch((error: unknown): Search => {
    // An id of the merchant's own system, and a SKU, may look like the name of a platform's order.
    if (customers.length + skus.length > 0 && error instanceof OperatorError)
      return { matches: [], all: true };
    throw error;
  });
  const rows = await context.ordersOf(matches.map(({ key }) => key));
  return {
    ...search,
    all: search.all && mailed?.all !== false,
    matches: matches.map((match, at) => hitOf(match, rows[at])),
    customers,
    skus,
    ...(email === undefined ? {} : { asEmail: mailed !== undefined }),
  };
}

/** Looks for an address, under an entry of the audit trail that says so. */
async function findAudited(
  context: Parameters<typeof findByEmail>[0] & Pick<OperatorContext, 'audited'>,
  email: string,
  { auditedAs, onUnread }: { auditedAs: string; onUnread: FindOptions['onUnreadKey'] },
): Promise<FoundByEmail> {
  let found: FoundByEmail = { orders: [], customers: [], all: true };
  await context.audited(auditedAs, { by: 'email' }, async () => {
    found = await findByEmail(context, email, onUnread);
    return { orders: found.orders.length, customers: found.customers.length };
  });
  return found;
}

const hitOf = ({ key, by }: Match, row: OrderRow | undefined): Hit => ({
  name: itemName(key),
  by,
  ...(row === undefined ? {} : summaryOf(row)),
});
