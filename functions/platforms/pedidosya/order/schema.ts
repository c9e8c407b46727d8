import * as z from 'zod';

/**
 * What PedidosYa sends about an order, as far as we read it (Partner API 2.0.2; the same object comes by webhook, by GET
 * and in lists). Only `order_id` and `status` are relied on: whole parts may be missing, null or masked.
 */

const text = z.union([z.string(), z.number().transform(String)]).nullish();
const amount = z.union([z.number(), z.string()]).nullish();
const measure = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,12}(\.\d{1,6})?$/)
      .transform(Number),
  ])
  .pipe(z.number().nonnegative())
  .nullish();

const pricing = z.object({
  /** UNIT, or KG for goods sold by weight. */
  pricing_type: text,
  unit_price: amount,
  quantity: measure,
  total_price: amount,
  /** Kilograms, what was picked. */
  weight: measure,
});

const item = z.object({
  _id: text,
  sku: text,
  barcode: z.union([z.array(z.union([z.string(), z.number().transform(String)])), z.string()]).nullish(),
  name: text,
  status: text,
  replaced_id: text,
  pricing: pricing.nullish(),
  original_pricing: pricing.nullish(),
});
export type PedidosyaItem = z.output<typeof item>;

const deliveryAddress = z.object({
  country: text,
  city: text,
  street: text,
  number: text,
  company: text,
  block: text,
  building: text,
  apartment: text,
  entrance: text,
  intercom: text,
  floor: text,
  suburb: text,
  zipcode: text,
  postal_code: text,
  instructions: text,
  formattedAddress: text,
});

const customer = z.object({
  _id: text,
  first_name: text,
  last_name: text,
  phone_number: text,
  national_id: text,
  tax_id: text,
  delivery_address: deliveryAddress.nullish(),
});
export type PedidosyaCustomer = z.output<typeof customer>;

const payment = z.object({
  sub_total: amount,
  order_total: amount,
  delivery_fee: amount,
  service_fee: amount,
  difference_to_minimum: amount,
  discount: amount,
  container_charge: amount,
  total_taxes: amount,
  additional_fees: z.record(z.string(), amount).nullish(),
  type: text,
});
export type PedidosyaPayment = z.output<typeof payment>;

export const pedidosyaOrderSchema = z.object({
  order_id: z.union([z.string().min(1).max(128), z.number().int().transform(String)]),
  status: z.string().max(200),
  external_order_id: text,
  order_code: text,
  order_type: text,
  transport_type: text,
  promised_for: text,
  comment: text,
  client: z
    .object({
      chain_id: text,
      store_id: text,
      external_partner_config_id: text,
      country_code: text,
    })
    .nullish(),
  customer: customer.nullish(),
  items: z.array(item).nullish(),
  payment: payment.nullish(),
  cancellation: z
    .object({ reason: text, cancelled_by: text, post_picked_up: z.boolean().nullish() })
    .nullish(),
  sys: z.object({ created_at: text, updated_at: text }).nullish(),
});
export type PedidosyaOrder = z.output<typeof pedidosyaOrderSchema>;

const VITAL = new Set(['order_id', 'status', 'items', 'payment', 'client']);
const DECORATION = new Set(['name', 'barcode', 'additional_fees', 'type', 'country_code']);

/**
 * Whether an order cannot be used when the field at this path has a wrong type: ids, states and amounts, and whether a
 * cancelled order still counts. The rest is decoration.
 */
export function isRequired(path: readonly PropertyKey[]): boolean {
  const [top, second] = path;
  if (top === undefined) return true;
  if (top === 'cancellation') return path.length === 1 || second === 'post_picked_up';
  return VITAL.has(String(top)) && !path.some((key) => DECORATION.has(String(key)));
}
