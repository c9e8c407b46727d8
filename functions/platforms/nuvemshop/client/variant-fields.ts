import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { localised, price, ulid, wireId } from './fields.ts';

const text = z.string().nullable().optional();
const measure = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?$/)])
  .nullable()
  .optional();
const stock = z.number().int().min(0);

/** Stock at one location, the first one without `location_id`. A level must say its stock, or the call is refused. */
const inventoryLevel = z.strictObject({ location_id: ulid.optional(), stock: stock.nullable() });

const fields = {
  image_id: wireId.nullable().optional(),
  /** Null lets the buyer ask for it. */
  price: price.nullable().optional(),
  /** What is really charged; `price` is then shown struck through. */
  promotional_price: price.nullable().optional(),
  /** For shops with one location; an empty text means unlimited, 0 sold out. */
  stock: z.union([stock, z.literal('')]).optional(),
  inventory_levels: z.array(inventoryLevel).min(1).optional(),
  stock_management: z.boolean().optional(),
  weight: measure,
  width: measure,
  height: measure,
  depth: measure,
  sku: text,
  barcode: text,
  mpn: text,
  age_group: text,
  gender: text,
  cost: price.nullable().optional(),
  /** One for each attribute of the product, in their order; the guide's `attributes` do not exist. */
  values: z.array(localised).max(3).optional(),
};

const oneStock = (variant: { stock?: unknown; inventory_levels?: unknown }) =>
  variant.stock === undefined || variant.inventory_levels === undefined;
const ONE_STOCK = 'stock is ignored beside inventory_levels: send one of them';

/** A variant as we send it (Nuvemshop reference, product variant page; multi-inventory guide). */
export const variantBody = z.strictObject(fields).refine(oneStock, ONE_STOCK);
export type VariantBody = z.input<typeof variantBody>;

export const variantPatch = z.strictObject({ id: wireId, ...fields }).refine(oneStock, ONE_STOCK);
export type VariantPatch = z.input<typeof variantPatch>;

/** A variant as it comes. `stock` is the sum of all locations, null when unlimited. */
export const variant = z.looseObject({
  id: idSchema,
  product_id: idSchema.nullish(),
  sku: z.string().nullish(),
  stock: z.union([z.number(), z.string()]).nullish(),
  values: z.array(z.unknown()).nullish(),
  inventory_levels: z
    .array(
      z.looseObject({ location_id: idSchema.nullish(), stock: z.union([z.number(), z.string()]).nullish() }),
    )
    .nullish(),
});
export type Variant = z.output<typeof variant>;
