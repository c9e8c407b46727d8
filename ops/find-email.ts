import type { CustomerKey } from '../functions/domain/customer.ts';
import { CUSTOMER } from '../functions/domain/customer-row.ts';
import { emailOf } from '../functions/domain/email.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import type { OperatorContext } from './context.ts';
import { permissionHint } from './failure-hints.ts';
import { OperatorError } from './outputs.ts';

/** What is of persons with one e-mail address. */
export interface FoundByEmail {
  orders: OrderKey[];
  customers: CustomerKey[];
  /** False where there is more than was read. */
  all: boolean;
}

/** So much of a store is read that is of one address. */
const MOST_OF_STORE = 50;

/**
 * Orders and customers by the hash of an address, in one read of each store. Whatever was noted, only those count whose row
 * has the address now.
 *
 * @param email as `emailText` makes it
 * @param onUnread told why the key of the hashes cannot be read, where the rows are read next: nothing counts as found by a
 * hash then. Absent: that is an error.
 * @throws OperatorError where the key cannot be read
 */
export async function findByEmail(
  {
    stores,
    emails,
    ordersOf,
    customers,
  }: Pick<OperatorContext, 'stores' | 'emails' | 'ordersOf' | 'customers'>,
  email: string,
  onUnread?: (why: string) => void,
): Promise<FoundByEmail> {
  let hash: string;
  try {
    hash = await emails.hashOf(email);
  } catch (error) {
    const why = unreadText(error);
    if (onUnread === undefined)
      throw new OperatorError(`${why}\nUntil then --days reads the orders themselves, such as --days 7.`);
    onUnread(why);
    return { orders: [], customers: [], all: true };
  }
  const pages = await Promise.all(stores.map((store) => emails.find(store, hash, MOST_OF_STORE)));
  const owners = pages.flatMap((page) => page.owners);
  const orderKeys = owners.flatMap(({ resource, id: platformOrderId, platform, storeId }) =>
    resource === 'order' ? [{ platform, storeId, platformOrderId }] : [],
  );
  const customerKeys = owners.flatMap((owner) =>
    owner.resource === 'customer' ? [CUSTOMER.keyOf(owner)] : [],
  );
  const [orderRows, customerRows] = await Promise.all([
    ordersOf(orderKeys),
    Promise.all(customerKeys.map((key) => customers.get(key))),
  ]);
  return {
    orders: orderKeys.filter((_, at) => emailOf(orderRows[at]) === email),
    customers: customerKeys.filter((_, at) => emailOf(customerRows[at]) === email),
    all: pages.every(({ complete }) => complete),
  };
}

const unreadText = (error: unknown): string =>
  `The key of the e-mail hashes could not be read: ${describeError(error)}\n` +
  (permissionHint(error) ?? 'What to do stands in the runbook under emails-not-noted.');
