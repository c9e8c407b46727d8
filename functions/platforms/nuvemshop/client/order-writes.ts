import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { numericIdSchema, price, ulid, wireId } from '../order/schema.ts';
import { type Caller, path } from './call.ts';
import { createIdempotently, type PreviousAttempt } from './create-idempotently.ts';
import { createOrderLists } from './order-reads.ts';
import { checked, read } from './requests.ts';

const text = lazily(() => z.string().nullable().optional());
const address = lazily(() =>
  z.strictObject({
    first_name: text(),
    last_name: text(),
    address: text(),
    number: text(),
    floor: text(),
    locality: text(),
    city: text(),
    province: text(),
    zipcode: text(),
    country: text(),
    phone: text(),
  }),
);

/**
 * An order made by us (Nuvemshop reference, order page, POST). Three fields have defaults at the platform that cost
 * stock or send e-mail when overlooked, so here they have none.
 */
export const orderCreation = lazily(() =>
  z.strictObject({
    currency: z.string().optional(),
    language: z.string().optional(),
    status: z.enum(['open', 'closed', 'cancelled']).optional(),
    gateway: z.string().min(1),
    payment_status: z.enum(['pending', 'authorized', 'paid', 'abandoned', 'refunded', 'voided']).optional(),
    products: z
      .array(
        z.strictObject({
          variant_id: wireId(),
          quantity: z.number().int().min(1),
          price: price().optional(),
        }),
      )
      .min(1),
    /** `bypass` takes no stock, `claim` does. */
    inventory_behaviour: z.enum(['bypass', 'claim']),
    location_id: ulid().optional(),
    customer: z.strictObject({ email: text(), name: text(), phone: text(), document: text() }).optional(),
    note: text(),
    billing_address: address().optional(),
    shipping_address: address().optional(),
    shipping_pickup_type: z.enum(['ship', 'pickup']).optional(),
    shipping: z.string().optional(),
    shipping_option: z.string().optional(),
    shipping_tracking_number: text(),
    shipping_cost_customer: price().optional(),
    shipping_cost_owner: price().optional(),
    send_confirmation_email: z.boolean(),
    send_fulfillment_email: z.boolean(),
  }),
);
export type OrderCreation = z.input<ReturnType<typeof orderCreation>>;

/**
 * What we say by PUT. It takes a status too, for which there are calls of their own: this one would decide about e-mail and
 * stock by default, and `paid`, which the integration guide names, it does not know.
 */
export const orderUpdate = lazily(() => z.strictObject({ owner_note: z.string().nullable() }));
export type OrderUpdate = z.input<ReturnType<typeof orderUpdate>>;

/** `email` and `restock` are true by default at the platform; here they have to be said. */
export const orderCancellation = lazily(() =>
  z.strictObject({
    reason: z.enum(['customer', 'fraud', 'inventory', 'other']),
    email: z.boolean(),
    restock: z.boolean(),
  }),
);
export type OrderCancellation = z.input<ReturnType<typeof orderCancellation>>;

const written = lazily(() => z.looseObject({ id: numericIdSchema(), status: z.string().optional() }));
export type WrittenOrder = z.output<ReturnType<typeof written>>;

/** Changes orders (Nuvemshop reference, order page). */
export function createOrderWrites(call: Caller, clock: Clock) {
  const { list } = createOrderLists(call);

  const write = async (
    operation: string,
    method: 'PUT' | 'POST',
    below: string,
    body: object,
    idempotent: boolean,
  ) => read(written(), operation, await call({ operation, method, path: below, body, idempotent }));

  return {
    /** Changes the merchant's note. */
    update: async (orderId: string, update: OrderUpdate): Promise<WrittenOrder> =>
      write(
        'orders.update',
        'PUT',
        path`/orders/${orderId}`,
        checked(orderUpdate(), 'orders.update', update),
        true,
      ),
    /** Archives the order. */
    close: (orderId: string) => write('orders.close', 'POST', path`/orders/${orderId}/close`, {}, true),
    /** Takes the order out of the archive. */
    open: (orderId: string) => write('orders.open', 'POST', path`/orders/${orderId}/open`, {}, true),
    /** Cancels the order for good: there is no way back. Not to be made twice. */
    cancel: async (orderId: string, how: OrderCancellation): Promise<WrittenOrder> =>
      write(
        'orders.cancel',
        'POST',
        path`/orders/${orderId}/cancel`,
        checked(orderCancellation(), 'orders.cancel', how),
        false,
      ),
    /** Makes an order. A repeat finds the one that was made by its buyer, lines and note. */
    async create(order: OrderCreation, repeat?: PreviousAttempt): Promise<WrittenOrder> {
      const operation = 'orders.create';
      const body = checked(orderCreation(), operation, order);
      return createIdempotently({
        clock,
        repeat,
        findExisting: async (since) => {
          for await (const { items } of list({ created_at_min: since.toISOString() })) {
            const existing = items.find((item) => isSameOrder(item, body));
            if (existing !== undefined) return existing;
          }
          return undefined;
        },
        write: async () =>
          read(written(), operation, await call({ operation, method: 'POST', path: '/orders', body })),
      });
    },
  };
}

const existing = lazily(() =>
  z.object({
    contact_email: z.string().nullish(),
    note: z.string().nullish(),
    products: z.array(
      z.object({ variant_id: z.union([z.string(), z.number()]), quantity: z.coerce.number() }),
    ),
  }),
);

function isSameOrder(listed: unknown, sent: z.output<ReturnType<typeof orderCreation>>): boolean {
  const reading = existing().safeParse(listed);
  if (!reading.success) return false;
  const { contact_email: email, note, products } = reading.data;
  const wanted = sent.customer?.email?.toLowerCase();
  return (
    (wanted === undefined || email?.toLowerCase() === wanted) &&
    (note ?? '') === (sent.note ?? '') &&
    basket(products) === basket(sent.products)
  );
}

function basket(lines: readonly { variant_id: string | number; quantity: number }[]): string {
  return lines
    .map((line) => `${line.variant_id}*${line.quantity}`)
    .sort()
    .join();
}
