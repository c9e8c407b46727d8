import type { PrivacyTopic } from '../options.ts';
import type { Store } from '../platform.ts';

/** The body of a privacy webhook; none has an `event` key (reference, webhook page, required webhooks). */
export function privacyBody(store: Store, topic: PrivacyTopic, customerId?: number): object {
  if (topic === 'store/redact') return { store_id: store.id };
  const customer =
    customerId === undefined ? [...store.customers.values()][0] : store.customers.get(customerId);
  if (customer === undefined)
    throw new Error(`Store ${store.id} has no customer to ask a privacy request for.`);
  const orders = [...store.orders.values()]
    .filter((order) => order.customerId === customer.id)
    .map(({ id }) => id);
  const { id, email, phone, identification } = customer;
  const subject = { store_id: store.id, customer: { id, email, phone, identification } };
  if (topic === 'customers/redact') return { ...subject, orders_to_redact: orders };
  return {
    ...subject,
    orders_requested: orders,
    checkouts_requested: [],
    drafts_orders_requested: [],
    data_request: { id: 456 },
  };
}
