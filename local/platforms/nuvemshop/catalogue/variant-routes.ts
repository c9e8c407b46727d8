import type { SimRequest } from '../../simulator.ts';
import { readBody } from '../bodies.ts';
import { fail, notFound } from '../errors.ts';
import { onlyParameters, selectFields } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import type { Product, Variant } from './catalogue.ts';
import { changed, findProduct } from './find-product.ts';
import { renderVariant } from './render-catalogue.ts';
import { chargeVariants } from './variant-bucket.ts';
import {
  applyVariant,
  blankVariant,
  inAllLanguages,
  sameValues,
  type VariantBody,
  variantBody,
} from './variant-fields.ts';

/** Most variants that a product may have. */
export const MAX_VARIANTS = 1000;

/** Variants one by one (guide, variations; reference, product variant page). */
export const variantRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/products/{id}/variants',
    scope: 'read_products',
    source: 'Guide, list variations; reference, product variant page',
    handle(request, call) {
      onlyParameters(request, [
        'fields',
        'page',
        'per_page',
        'since_id',
        'created_at_min',
        'created_at_max',
        'updated_at_min',
        'updated_at_max',
      ]);
      const { variants } = findProduct(call, request.params.id);
      return { status: 200, body: variants.map((variant) => selectFields(request, renderVariant(variant))) };
    },
  },
  {
    method: 'GET',
    path: '/products/{id}/variants/{variant_id}',
    scope: 'read_products',
    source: 'Guide, one variation; reference, product variant page',
    handle(request, call) {
      const { variant } = findVariant(request, call);
      return { status: 200, body: selectFields(request, renderVariant(variant)) };
    },
  },
  {
    method: 'POST',
    path: '/products/{id}/variants',
    scope: 'write_products',
    source:
      'Guide, register a variation (its attributes do not exist); reference, product variant page (values)',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      const body = readBody(request, variantBody);
      if (product.variants.length >= MAX_VARIANTS) {
        throw fail(422, `Product is not allowed to have more than ${MAX_VARIANTS} variants`);
      }
      const variant = blankVariant(call, product);
      applyVariant(call, variant, body);
      refuseRepeated([...product.variants, variant]);
      product.variants.push(variant);
      changed(call, product);
      return { status: 201, body: renderVariant(variant) };
    },
  },
  {
    method: 'PUT',
    path: '/products/{id}/variants/{variant_id}',
    scope: 'write_products',
    source: 'Guide, update a variation; reference, product variant page (stock_management is read-only)',
    handle(request, call) {
      const { product, variant } = findVariant(request, call);
      const body = readBody(request, variantBody);
      chargeVariants(call, [variant]);
      refuseRepeatedBy(call, product, [{ variant, body }]);
      applyVariant(call, variant, body);
      changed(call, product);
      return { status: 200, body: renderVariant(variant) };
    },
  },
  {
    method: 'DELETE',
    path: '/products/{id}/variants/{variant_id}',
    scope: 'write_products',
    source: 'Reference, product variant page (the guide shows a custom-field path here by mistake)',
    handle(request, call) {
      const { product, variant } = findVariant(request, call);
      if (product.variants.length === 1) throw fail(422, 'The last variant of a product cannot be deleted');
      product.variants = product.variants.filter((other) => other !== variant);
      changed(call, product);
      return { status: 200, body: {} };
    },
  },
];

/** The variant of a path with its product. Throws 404. */
export function findVariant(request: SimRequest, call: ApiCall): { product: Product; variant: Variant } {
  const product = findProduct(call, request.params.id);
  const variant = product.variants.find((candidate) => String(candidate.id) === request.params.variant_id);
  if (variant === undefined) throw notFound('Product Variant not found');
  return { product, variant };
}

/** The variant of a path that names no product. Throws 404. */
export function findVariantAlone({ params }: SimRequest, { store }: ApiCall): Variant {
  for (const { variants } of store.products.values()) {
    const variant = variants.find(({ id }) => String(id) === params.variant_id);
    if (variant !== undefined) return variant;
  }
  throw notFound('Product Variant not found');
}

/** Throws 422 when two variants are the same choice. */
export function refuseRepeated(variants: readonly Variant[]): void {
  const repeated = variants.filter((variant, index) =>
    variants.some((other, at) => at < index && sameValues(other.values, variant.values)),
  );
  if (repeated.length > 0) throw fail(422, 'Variants cannot be repeated');
}

/** The same once variants are changed so: the page says it of new ones, and what a product may not have it may not come to have. */
export function refuseRepeatedBy(
  call: ApiCall,
  { variants }: Product,
  changes: readonly { variant: Variant; body: VariantBody }[],
): void {
  const said = new Map(changes.map(({ variant, body }) => [variant, body.values]));
  refuseRepeated(
    variants.map((variant) => {
      const values = said.get(variant)?.map((value) => inAllLanguages(call, value));
      return values === undefined ? variant : { ...variant, values };
    }),
  );
}
