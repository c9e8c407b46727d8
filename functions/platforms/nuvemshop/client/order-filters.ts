import * as z from 'zod';
import { moment, price, wireId } from './fields.ts';

/**
 * Filters of `GET /orders` (Nuvemshop reference, order page). The words of `payment_status` and `shipping_status` are
 * fewer than, and other than, those that orders carry. Without `status` the platform gives all.
 */
export const orderFilters = z.strictObject({
  since_id: wireId.optional(),
  status: z.enum(['any', 'open', 'closed', 'cancelled']).optional(),
  channels: z.enum(['form', 'store', 'api', 'meli', 'pos']).optional(),
  payment_status: z
    .enum(['any', 'pending', 'authorized', 'paid', 'abandoned', 'refunded', 'voided'])
    .optional(),
  shipping_status: z.enum(['any', 'unpacked', 'unfulfilled', 'fulfilled']).optional(),
  created_at_min: moment.optional(),
  created_at_max: moment.optional(),
  updated_at_min: moment.optional(),
  updated_at_max: moment.optional(),
  total_min: price.optional(),
  total_max: price.optional(),
  customer_ids: z.array(wireId).optional(),
  /** The number people see, or the buyer's name or e-mail. */
  q: z.string().min(1).optional(),
  app_id: wireId.optional(),
  payment_methods: z.string().min(1).optional(),
  payment_provider: z.string().min(1).optional(),
  fields: z.array(z.string().min(1)).optional(),
  aggregates: z.array(z.enum(['fulfillment_orders', 'custom_fields'])).optional(),
  per_page: z.number().int().min(1).max(200).optional(),
});
export type OrderFilters = z.input<typeof orderFilters>;
