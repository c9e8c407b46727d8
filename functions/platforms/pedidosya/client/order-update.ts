import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { describe } from '../../reading/issue-texts.ts';
import { type Caller, failed } from './call.ts';

/** What we send to change an order, strict: every documented form and nothing else (use cases of the partner picking). */

const pricing = lazily(() =>
  z
    .strictObject({
      pricing_type: z.enum(['UNIT', 'KG']),
      quantity: z.number().nonnegative(),
      /** In the currency, as a decimal number. */
      unit_price: z.number().nonnegative(),
      /** Kilograms picked. */
      weight: z.number().nonnegative().optional(),
      weighted_pieces: z.int().nonnegative().optional(),
    })
    .refine((one) => one.pricing_type === 'UNIT' || one.weight !== undefined, 'goods by weight need a weight')
    .refine((one) => one.pricing_type === 'KG' || Number.isInteger(one.quantity), 'units are whole'),
);

const item = lazily(() =>
  z
    .strictObject({
      _id: z.string().min(1).optional(),
      sku: z.string().min(1).optional(),
      status: z.enum(['NOT_PROCESSED', 'IN_CART', 'NOT_FOUND', 'REPLACED', 'ADDITION']),
      /** The `_id` of the item that this one stands in for. */
      replaced_id: z.string().min(1).optional(),
      pricing: pricing(),
    })
    .refine((one) => one._id !== undefined || one.sku !== undefined, 'needs _id or sku'),
);
export type ItemUpdate = z.output<ReturnType<typeof item>>;

const items = lazily(() =>
  z
    .array(item())
    .min(1)
    .refine(
      (all) =>
        all.every(
          ({ replaced_id }) =>
            replaced_id === undefined ||
            all.some((one) => one._id === replaced_id && one.status === 'REPLACED'),
        ),
      'replaced_id must name an item that is REPLACED',
    ),
);
const inCart = lazily(() =>
  items().refine(
    (all) => all.some(({ status }) => status === 'IN_CART' || status === 'ADDITION'),
    'nothing is left in the cart: cancel the order instead',
  ),
);

export const CANCEL_REASONS = ['CLOSED', 'ITEM_UNAVAILABLE', 'TOO_BUSY'] as const;

export const orderUpdateSchema = lazily(() =>
  z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('READY_FOR_PICKUP'), items: inCart() }),
    z.strictObject({ status: z.literal('DISPATCHED'), items: inCart() }),
    z.strictObject({ status: z.literal('UPDATE_CART'), items: inCart() }),
    z.strictObject({
      status: z.literal('CANCELLED'),
      items: items(),
      cancellation: z.strictObject({ reason: z.enum(CANCEL_REASONS) }),
    }),
  ]),
);
export type OrderUpdate = z.output<ReturnType<typeof orderUpdateSchema>>;

/** What is sent. */
export type OrderUpdateBody = OrderUpdate & { order_id: string };

export interface PedidosyaOrderWrites {
  /**
   * Changes an order: one call, which whoever makes it follows by a look. @throws PlatformError; `refused` without a call
   * when the form is not as documented.
   */
  update(orderId: string, update: OrderUpdate): Promise<void>;
}

export const createOrderWrites = (call: Caller): PedidosyaOrderWrites => ({
  async update(orderId, update) {
    const checked = orderUpdateSchema().safeParse(update);
    if (!checked.success) {
      const detail = `The change is not valid: ${describe(checked.error.issues)}.`;
      throw failed({ operation: 'orders.update', kind: 'refused', detail });
    }
    const body: OrderUpdateBody = { order_id: orderId, ...checked.data };
    await call({ operation: 'orders.update', params: { order: orderId }, body });
  },
});
