import * as z from 'zod';
import type { PedidosYaSimulatorOptions } from './options.ts';

const itemPricing = z.strictObject({
  pricing_type: z.enum(['UNIT', 'KG']),
  quantity: z.number().nonnegative(),
  unit_price: z.number().nonnegative(),
  weight: z.number().nonnegative().optional(),
  weighted_pieces: z.number().nonnegative().optional(),
});

const itemUpdate = z
  .strictObject({
    _id: z.string().min(1).optional(),
    sku: z.string().min(1).optional(),
    status: z.enum(['NOT_PROCESSED', 'IN_CART', 'NOT_FOUND', 'REPLACED', 'ADDITION']),
    replaced_id: z.string().min(1).optional(),
    pricing: itemPricing,
  })
  .refine((item) => item._id !== undefined || item.sku !== undefined, 'needs _id or sku');

/**
 * The body of PUT order, strict.
 *
 * Source: partner-picking use cases. ACCEPTED belongs to a sister brand and is refused here.
 */
export const orderUpdateSchema = z.strictObject({
  order_id: z.string(),
  status: z.enum(['READY_FOR_PICKUP', 'DISPATCHED', 'CANCELLED', 'UPDATE_CART']),
  items: z.array(itemUpdate).min(1),
  cancellation: z.strictObject({ reason: z.enum(['CLOSED', 'ITEM_UNAVAILABLE', 'TOO_BUSY']) }).optional(),
});
export type OrderUpdate = z.infer<typeof orderUpdateSchema>;
export type ItemUpdate = z.infer<typeof itemUpdate>;

const catalogueFields = {
  sku: z.string().min(1).optional(),
  barcode: z.string().min(1).optional(),
  price: z.number().optional(),
  active: z.boolean().optional(),
  quantity: z.int().nonnegative().optional(),
};

/** A change to one product, whichever spelling the simulator was told to know. */
export interface CatalogueChange {
  sku?: string | undefined;
  barcode?: string | undefined;
  price?: number | undefined;
  active?: boolean | undefined;
  quantity?: number | undefined;
  maximum_sales_quantity?: number | undefined;
  max_sales_quantity?: number | undefined;
}

/**
 * Makes the schema of PUT catalogue: a key and at least one change per product.
 *
 * Source: catalogue use cases and FAQ; the FAQ and the use cases spell the maximum differently, so one is unknown.
 */
export function catalogueSchema(
  maximumField: NonNullable<PedidosYaSimulatorOptions['maximumField']>,
): z.ZodType<{ products: CatalogueChange[] }> {
  const maximum = z.int().nonnegative().optional();
  const change = z
    .strictObject({ ...catalogueFields, [maximumField]: maximum })
    .refine((c) => c.sku !== undefined || c.barcode !== undefined, 'needs sku or barcode')
    .refine(
      (c) =>
        [c.price, c.active, c.quantity].some((field) => field !== undefined) ||
        Reflect.get(c, maximumField) !== undefined,
      `needs price, active, quantity or ${maximumField}`,
    );
  return z.strictObject({ products: z.array(change).min(1) });
}

const isoTime = z.iso.datetime();

/**
 * The body of PUT promotion.
 *
 * Source: promotions use cases. The conditions' other fields are not documented, so they pass.
 */
export const promotionSchema = z.strictObject({
  vendors: z.array(z.string().min(1)).min(1),
  type: z.enum(['STRIKETHROUGH', 'SAME_ITEM_BUNDLE']),
  active: z.boolean(),
  reason: z.enum(['OVERSTOCK', 'DELISTING', 'COMPETITIVENESS', 'EXPIRING_SOON', 'NMR', 'TRADING']),
  display_name: z.record(z.string().regex(/^[a-z]{2}_[A-Z]{2}$/), z.string().min(1)),
  limits: z.record(z.string(), z.unknown()).optional(),
  conditions: z.looseObject({ start_time: isoTime, end_time: isoTime }),
  discount: z
    .array(
      z.strictObject({
        sku: z.array(z.string().min(1)).min(1),
        discount_subtype: z.enum(['PERCENTAGE', 'ABSOLUTE', 'FINAL_PRICE']),
        discount_value: z.number().positive(),
        active: z.boolean(),
        max_quantity: z.int().positive().optional(),
      }),
    )
    .min(1),
});
export type Promotion = z.infer<typeof promotionSchema>;

/** The body of PUT vendor status; a time is needed exactly for CLOSED_UNTIL. */
export const vendorStatusSchema = z
  .strictObject({
    status: z.enum(['OPEN', 'CLOSED_TODAY', 'CLOSED_UNTIL', 'CHECKIN']),
    closed_until: isoTime.optional(),
  })
  .refine(
    (body) => (body.status === 'CLOSED_UNTIL') === (body.closed_until !== undefined),
    'closed_until goes with CLOSED_UNTIL, and only with it',
  );
export type VendorStatus = z.infer<typeof vendorStatusSchema>;
