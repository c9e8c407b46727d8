import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { numericIdSchema } from '../order/schema.ts';
import { type Caller, path } from './call.ts';
import { checked, read } from './requests.ts';

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
export function createOrderWrites(call: Caller) {
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
  };
}
