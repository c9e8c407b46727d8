import type { CustomerKey } from '../functions/domain/customer.ts';
import { CUSTOMER } from '../functions/domain/customer-row.ts';
import { emailOf } from '../functions/domain/email.ts';
import type { OrderKey } from '../functions/domain/order-row.ts';
import type { OperatorContext } from './context.ts';

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
 */
export async function findByEmail(
  {
    stores,
    emails,
    ordersOf,
    customers,
  }: Pick<OperatorContext, 'stores' | 'emails' | 'ordersOf' | 'customers'>,
  email: string,
): Promise<FoundByEmail> {
  const hash = await emails.hashOf(email);
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
