import * as z from 'zod';
import { idLike, readJson } from '../bodies.ts';
import { fail } from '../errors.ts';
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
import { MAX_VARIANTS, refuseRepeated, refuseRepeatedBy } from './variant-routes.ts';

const replacement = z.array(variantBody);
const patch = z.array(variantBody.extend({ id: idLike }));

/** Variants as a collection: PUT replaces it, PATCH changes some of it. */
export const variantCollectionRoutes: readonly ApiRoute[] = [
  {
    method: 'PUT',
    path: '/products/{id}/variants',
    scope: 'write_products',
    source:
      'Reference, product variant page: replaces the collection, missing combinations of values are deleted',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      const bodies = accepted(replacement.safeParse(readJson(request)));
      if (bodies.length > MAX_VARIANTS) {
        throw fail(422, `Product is not allowed to have more than ${MAX_VARIANTS} variants`);
      }
      chargeVariants(call, product.variants);
      const variants = bodies.map((body) => replaced(call, product, body));
      refuseRepeated(variants);
      product.variants = variants;
      changed(call, product);
      return { status: 200, body: variants.map(renderVariant) };
    },
  },
  {
    method: 'PATCH',
    path: '/products/{id}/variants',
    scope: 'write_products',
    source: 'Reference, product variant page: changes variants by id, an id twice is a 422',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      const bodies = accepted(patch.safeParse(readJson(request)));
      const ids = bodies.map((body) => body.id);
      const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
      if (repeated.length > 0) {
        throw fail(422, 'Variants cannot be repeated', { duplicate_variant_ids: [...new Set(repeated)] });
      }
      const pairs = bodies.map((body) => ({ body, variant: variantById(product, body.id) }));
      chargeVariants(
        call,
        pairs.map(({ variant }) => variant),
      );
      refuseRepeatedBy(call, product, pairs);
      for (const { body, variant } of pairs) applyVariant(call, variant, body);
      changed(call, product);
      return { status: 200, body: pairs.map(({ variant }) => renderVariant(variant)) };
    },
  },
];

// These two pages answer a wrong body with one 400 for all of it.
function accepted<Output>(parsed: z.ZodSafeParseResult<Output>): Output {
  if (!parsed.success) throw fail(400, 'Invalid input format');
  return parsed.data;
}

function replaced(call: ApiCall, product: Product, body: VariantBody): Variant {
  const values = (body.values ?? []).map((value) => inAllLanguages(call, value));
  const known = product.variants.find((variant) => sameValues(variant.values, values));
  const variant = known ?? blankVariant(call, product);
  applyVariant(call, variant, { ...body, values });
  return variant;
}

function variantById(product: Product, id: number): Variant {
  const variant = product.variants.find((candidate) => candidate.id === id);
  if (variant === undefined) throw fail(422, `Variant ${id} does not belong to the product`);
  return variant;
}
