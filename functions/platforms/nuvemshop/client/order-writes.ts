import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import { numericIdSchema, price, ulid, wireId } from '../order/schema.ts';
import { type Caller, path } from './call.ts';
import { createIdempotently, type PreviousAttempt } from './create-idempotently.ts';
import { createOrderLists } from './order-reads.ts';
import { checked, notSent, read } from './requests.ts';

const text = z.string().nullable().optional();
const address = z.strictObject({
  first_name: text,
  last_name: text,
  address: text,
  number: text,
  floor: text,
  locality: text,
  city: text,
  province: text,
  zipcode: text,
  country: text,
  phone: text,
});

/**
 * An order made by us (Nuvemshop reference, order page, POST). Three fields have defaults at the platform that cost
 * stock or send e-mail when overlooked, so here they have none.
 */
export const orderCreation = z.strictObject({
  currency: z.string().optional(),
  language: z.string().optional(),
  status: z.enum(['open', 'closed', 'cancelled']).optional(),
  gateway: z.string().min(1),
  payment_status: z.enum(['pending', 'authorized', 'paid', 'abandoned', 'refunded', 'voided']).optional(),
  products: z
    .array(z.strictObject({ variant_id: wireId, quantity: z.number().int().min(1), price: price.optional() }))
    .min(1),
  /** `bypass` takes no stock, `claim` does. */
  inventory_behaviour: z.enum(['bypass', 'claim']),
  location_id: ulid.optional(),
  customer: z.strictObject({ email: text, name: text, phone: text, document: text }).optional(),
  note: text,
  billing_address: address.optional(),
  shipping_address: address.optional(),
  shipping_pickup_type: z.enum(['ship', 'pickup']).optional(),
  shipping: z.string().optional(),
  shipping_option: z.string().optional(),
  shipping_tracking_number: text,
  shipping_cost_customer: price.optional(),
  shipping_cost_owner: price.optional(),
  send_confirmation_email: z.boolean(),
  send_fulfillment_email: z.boolean(),
});
export type OrderCreation = z.input<typeof orderCreation>;

/** All that PUT takes. Cancelling has a call of its own, because this one would decide about e-mail and stock by default. */
export const orderUpdate = z.strictObject({
  owner_note: z.string().nullable().optional(),
  status: z.enum(['open', 'closed']).optional(),
});
export type OrderUpdate = z.input<typeof orderUpdate>;

/** `email` and `restock` are true by default at the platform; here they have to be said. */
export const orderCancellation = z.strictObject({
  reason: z.enum(['customer', 'fraud', 'inventory', 'other']),
  email: z.boolean(),
  restock: z.boolean(),
});
export type OrderCancellation = z.input<typeof orderCancellation>;

const written = z.looseObject({ id: numericIdSchema, status: z.string().optional() });
export type WrittenOrder = z.output<typeof written>;

/** Changes orders (Nuvemshop reference, order page). */
export function createOrderWrites(call: Caller, clock: Clock) {
  const { list } = createOrderLists(call);

  const statusIs = async (orderId: string, operation: string, status: string) => {
    const order = read(
      written,
      operation,
      await call({ operation, method: 'GET', path: path`/orders/${orderId}` }),
    );
    return order.status === status ? order : undefined;
  };
  const moveTo = (
    orderId: string,
    action: 'close' | 'open' | 'cancel',
    status: string,
    body: object,
    repeat?: PreviousAttempt,
  ) => {
    const operation = `orders.${action}`;
    return createIdempotently({
      clock,
      repeat,
      findExisting: () => statusIs(orderId, operation, status),
      write: async () =>
        read(
          written,
          operation,
          await call({ operation, method: 'POST', path: path`/orders/${orderId}/${action}`, body }),
        ),
    });
  };

  return {
    /** Changes the merchant's note or the archive state. The guide's status `paid` does not exist: see `markPaid`. */
    async update(orderId: string, update: OrderUpdate): Promise<WrittenOrder> {
      const operation = 'orders.update';
      if (update.status !== undefined && !['open', 'closed'].includes(update.status)) {
        throw unsupportedStatus(operation, String(update.status));
      }
      const body = checked(orderUpdate, operation, update);
      return read(
        written,
        operation,
        await call({ operation, method: 'PUT', path: path`/orders/${orderId}`, body, idempotent: true }),
      );
    },
    /** Archives the order. */
    close: (orderId: string, repeat?: PreviousAttempt) => moveTo(orderId, 'close', 'closed', {}, repeat),
    /** Takes the order out of the archive. */
    open: (orderId: string, repeat?: PreviousAttempt) => moveTo(orderId, 'open', 'open', {}, repeat),
    /** Cancels the order for good: there is no way back. */
    async cancel(orderId: string, how: OrderCancellation, repeat?: PreviousAttempt): Promise<WrittenOrder> {
      return moveTo(orderId, 'cancel', 'cancelled', checked(orderCancellation, 'orders.cancel', how), repeat);
    },
    /** Makes an order. A repeat finds the one that was made by its buyer, lines and note. */
    async create(order: OrderCreation, repeat?: PreviousAttempt): Promise<WrittenOrder> {
      const operation = 'orders.create';
      const body = checked(orderCreation, operation, order);
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
          read(written, operation, await call({ operation, method: 'POST', path: '/orders', body })),
      });
    },
    /** Refused: no call does this, whatever the integration guide says. */
    markPaid: async (): Promise<never> => {
      throw unsupportedStatus('orders.markPaid', 'paid');
    },
    /** Refused: orders are cancelled, never deleted, whatever the integration guide's summary says. */
    delete: async (): Promise<never> => {
      throw notSent('orders.delete', 'Nuvemshop deletes no orders.', 'Cancel the order instead.');
    },
    /** Refused: the old calls to pack and ship act on the first parcel only, and cost the app its approval. */
    fulfil: async (): Promise<never> => {
      throw notSent(
        'orders.fulfil',
        'Packing or shipping a whole order is deprecated.',
        'Change its fulfilment orders instead.',
      );
    },
  };
}

function unsupportedStatus(operation: string, status: string) {
  if (status === 'cancelled') {
    return notSent(
      operation,
      'Cancelling by an update would mail the buyer and restock without being asked.',
      'Use the cancel command, with its reason, email and restock.',
    );
  }
  return notSent(
    operation,
    'An update knows the states open and closed only.',
    'An order becomes paid when its payment provider reports the payment, or by hand in the panel.',
  );
}

const existing = z.object({
  contact_email: z.string().nullish(),
  note: z.string().nullish(),
  products: z.array(z.object({ variant_id: z.union([z.string(), z.number()]), quantity: z.coerce.number() })),
});

function isSameOrder(listed: unknown, sent: z.output<typeof orderCreation>): boolean {
  const reading = existing.safeParse(listed);
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
