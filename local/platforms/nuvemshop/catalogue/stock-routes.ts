import * as z from 'zod';
import { idLike, readBody } from '../bodies.ts';
import { fail, notFound } from '../errors.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { totalStock, type Variant } from './catalogue.ts';
import { changed, findProduct } from './find-product.ts';
import { renderVariant } from './render-catalogue.ts';
import { levelAt, moveStock, setStock } from './stock.ts';
import { chargeVariants } from './variant-bucket.ts';
import { checkedLevel, firstLocation } from './variant-fields.ts';

const MAX_VARIANTS_PER_CALL = 50;

const price = z.number('The price must be a number.');
const tooLittle = 'The stock must be at least 0.';
const stock = z.union([z.int(tooLittle).min(0, tooLittle), z.null()], tooLittle);
const stockPrice = z.array(
  z.strictObject({
    id: idLike,
    variants: z.array(
      z.strictObject({
        id: idLike,
        price: price.optional(),
        promotional_price: z.union([price, z.null()]).optional(),
        inventory_levels: z
          .array(z.strictObject({ location_id: z.string().optional(), stock: stock.optional() }))
          .optional(),
      }),
    ),
  }),
);

const variation = z.strictObject({
  action: z.enum(['replace', 'variation'], 'must be replace or variation'),
  value: z.union([z.int(), z.null()]),
  id: idLike.optional(),
  location_id: z.string().optional(),
});

/** Stock and prices (reference, product and product variant pages; multi-inventory guide). */
export const stockRoutes: readonly ApiRoute[] = [
  {
    method: 'PATCH',
    path: '/products/stock-price',
    scope: 'write_products',
    source: 'Reference, product page: at most 50 variants in a call, success for each variant',
    handle(request, call) {
      const products = readBody(request, stockPrice, 'hybrid');
      const count = products.reduce((sum, product) => sum + product.variants.length, 0);
      if (count > MAX_VARIANTS_PER_CALL) throw fail(422, 'Too many variants sent for update');
      // What refuses the whole call does so before anything has changed.
      for (const { variants } of products) {
        for (const { inventory_levels: levels = [] } of variants)
          for (const level of levels) checkedLevel(call, level);
      }
      chargeVariants(
        call,
        products.flatMap((product) =>
          product.variants.flatMap(({ id }) => variantOf(call, product.id, id) ?? []),
        ),
      );
      return { status: 200, body: products.map((product) => updateProduct(call, product)) };
    },
  },
  {
    method: 'POST',
    path: '/products/{id}/variants/stock',
    scope: 'write_products',
    source:
      'Reference, product variant page: replace, or a relative variation that ends at 0; all variants without an id',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      const body = readBody(request, variation);
      const variants = product.variants.filter((variant) => body.id === undefined || variant.id === body.id);
      if (variants.length === 0) throw notFound('Product Variant not found');
      const { locationId } = checkedLevel(call, {
        location_id: body.location_id ?? firstLocation(call),
        stock: 0,
      });
      if (body.value === null && body.action === 'variation') throw fail(422, 'A variation needs a value');
      chargeVariants(call, variants);
      for (const variant of variants) changeStock(call, variant, locationId, body.action, body.value);
      changed(call, product);
      return { status: 200, body: variants.map(renderVariant) };
    },
  },
];

type ProductUpdate = z.infer<typeof stockPrice>[number];

// A variant that is not there fails alone.
function updateProduct(call: ApiCall, update: ProductUpdate): object {
  const product = call.store.products.get(update.id);
  const results = update.variants.map(({ id, ...requested }) => {
    const variant = variantOf(call, update.id, id);
    if (variant === undefined) return { id, success: false };
    const levels = requested.inventory_levels?.map((level) => checkedLevel(call, level)) ?? [];
    for (const level of levels) setStock(variant, level.locationId, level.stock, call.now);
    if (requested.price !== undefined) variant.priceCents = Math.round(requested.price * 100);
    if (requested.promotional_price !== undefined) {
      variant.promotionalCents =
        requested.promotional_price === null ? null : Math.round(requested.promotional_price * 100);
    }
    variant.updatedAt = call.now;
    return { id, success: true };
  });
  if (product !== undefined && results.some((result) => result.success)) changed(call, product);
  return { id: update.id, variants: results };
}

function variantOf(call: ApiCall, productId: number, id: number): Variant | undefined {
  return call.store.products.get(productId)?.variants.find((candidate) => candidate.id === id);
}

function changeStock(
  call: ApiCall,
  variant: Variant,
  locationId: string,
  action: 'replace' | 'variation',
  value: number | null,
): void {
  if (action === 'replace') {
    setStock(variant, locationId, value === null ? null : Math.max(0, value), call.now);
    return;
  }
  if (levelAt(variant, locationId) === undefined && totalStock(variant) !== null) {
    setStock(variant, locationId, 0, call.now);
  }
  moveStock(variant, locationId, value ?? 0, call.now);
}
