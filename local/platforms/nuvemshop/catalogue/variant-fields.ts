import * as z from 'zod';
import { idLike, localised, nullableText, numeric } from '../bodies.ts';
import { fail, invalid } from '../errors.ts';
import { parseMoney } from '../formats.ts';
import type { ApiCall } from '../platform.ts';
import type { Localised, Product, Variant } from './catalogue.ts';
import { setStock } from './stock.ts';

const amount = z.union([numeric, z.null()]);
const stock = z.union([z.int().min(0, 'must be at least 0'), z.string().regex(/^\d*$/), z.null()]);

/** The fields of a variant in a request. The read-only ones may come along and are ignored. */
export const variantBody = z.strictObject({
  price: amount.optional(),
  promotional_price: amount.optional(),
  cost: amount.optional(),
  stock: stock.optional(),
  weight: amount.optional(),
  width: amount.optional(),
  height: amount.optional(),
  depth: amount.optional(),
  sku: nullableText.optional(),
  barcode: nullableText.optional(),
  mpn: nullableText.optional(),
  age_group: nullableText.optional(),
  gender: nullableText.optional(),
  values: z.array(localised).optional(),
  image_id: z.union([idLike, z.null()]).optional(),
  inventory_levels: z
    .array(
      z.strictObject({
        location_id: z.string().optional(),
        stock: z.union([z.int().min(0), z.null()]).optional(),
      }),
    )
    .optional(),
  id: idLike.optional(),
  product_id: idLike.optional(),
  position: z.int().optional(),
  stock_management: z.boolean().optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
});

/** A variant as a request brings it. */
export type VariantBody = z.infer<typeof variantBody>;

/** A variant without any value, for a product of the call's shop. */
export function blankVariant(call: ApiCall, product: Product): Variant {
  return {
    id: call.platform.nextId('variant'),
    productId: product.id,
    imageId: null,
    position: product.variants.length + 1,
    priceCents: null,
    promotionalCents: null,
    costCents: null,
    weight: '0.000',
    width: '0.00',
    height: '0.00',
    depth: '0.00',
    sku: null,
    barcode: null,
    mpn: null,
    ageGroup: null,
    gender: null,
    values: [],
    levels: [],
    customFields: new Map(),
    createdAt: call.now,
    updatedAt: call.now,
  };
}

/** Writes what a request brings into a variant; what it does not name stays. */
export function applyVariant(call: ApiCall, variant: Variant, body: VariantBody): void {
  const levels = body.inventory_levels?.map((level) => checkedLevel(call, level));
  if (body.price !== undefined) variant.priceCents = cents(body.price);
  if (body.promotional_price !== undefined) variant.promotionalCents = cents(body.promotional_price);
  if (body.cost !== undefined) variant.costCents = cents(body.cost);
  if (body.weight !== undefined) variant.weight = decimal(body.weight, 3);
  if (body.width !== undefined) variant.width = decimal(body.width, 2);
  if (body.height !== undefined) variant.height = decimal(body.height, 2);
  if (body.depth !== undefined) variant.depth = decimal(body.depth, 2);
  if (body.sku !== undefined) variant.sku = body.sku;
  if (body.barcode !== undefined) variant.barcode = body.barcode;
  if (body.mpn !== undefined) variant.mpn = body.mpn;
  if (body.age_group !== undefined) variant.ageGroup = body.age_group;
  if (body.gender !== undefined) variant.gender = body.gender;
  if (body.image_id !== undefined) variant.imageId = body.image_id;
  if (body.values !== undefined) variant.values = body.values.map((value) => inAllLanguages(call, value));
  // With both, the single stock is ignored (multi-inventory guide).
  if (levels !== undefined) {
    for (const level of levels) setStock(variant, level.locationId, level.stock, call.now);
  } else if (body.stock !== undefined) {
    setStock(variant, firstLocation(call), stockOf(body.stock), call.now);
  }
  variant.updatedAt = call.now;
}

/** A level with its location, the shop's first one by default. A level without stock or elsewhere is a 422. */
export function checkedLevel(
  call: ApiCall,
  level: { location_id?: string | undefined; stock?: number | null | undefined },
): { locationId: string; stock: number | null } {
  if (level.stock === undefined) throw invalid({ inventory_levels: ["stock can't be blank"] });
  const locationId = level.location_id ?? firstLocation(call);
  if (!call.store.locations.has(locationId))
    throw invalid({ inventory_levels: ['location_id does not exist'] });
  return { locationId, stock: level.stock };
}

/** The location that takes a stock without location: the one with the lowest priority number. */
export function firstLocation(call: ApiCall): string {
  const [first] = [...call.store.locations.values()].sort((a, b) => a.priority - b.priority);
  if (first === undefined) throw fail(422, 'The store has no location');
  return first.id;
}

/** A text for all languages of the shop, or the languages given. */
export function inAllLanguages(call: ApiCall, text: string | Record<string, string | null>): Localised {
  if (typeof text === 'string') return { [call.store.language]: text };
  return Object.fromEntries(Object.entries(text).map(([language, value]) => [language, value ?? '']));
}

/** Two variants are the same choice when all their values are. */
export function sameValues(a: readonly Localised[], b: readonly Localised[]): boolean {
  const key = (values: readonly Localised[]) =>
    JSON.stringify(values.map((value) => Object.entries(value).sort()));
  return key(a) === key(b);
}

function cents(value: number | string | null): number | null {
  return value === null ? null : (parseMoney(value) ?? null);
}

function decimal(value: number | string | null, digits: number): string | null {
  return value === null ? null : Number(value).toFixed(digits);
}

// An empty text and null both mean unlimited.
function stockOf(value: number | string | null): number | null {
  return value === null || value === '' ? null : Number(value);
}
