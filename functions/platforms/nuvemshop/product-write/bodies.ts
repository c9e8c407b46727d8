import type { ErpImage, ErpVariant, WantedProduct } from '../../../domain/product-input.ts';
import type { ProductMemory } from '../../../domain/product-memory.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import type { ImageBody } from '../client/images-and-categories.ts';
import type { ProductCreation, ProductUpdate } from '../client/products.ts';
import type { VariantBody } from '../client/variants.ts';
import type { ChangedVariant, ProductPart } from './step.ts';

/** Images that the call which makes a product takes (Nuvemshop reference, product page). */
export const MOST_INLINE_IMAGES = 9;

/** By what name a field of the product itself is remembered as refused, where its group is sent without it. */
export const fieldPart = (group: ProductPart, name: string): string => `${group}/${name}`;

/** What is sent of some groups of the product itself: all but the fields that were refused. */
export function updateOf(
  wanted: WantedProduct,
  groups: readonly ProductPart[],
  categoryIds: readonly string[],
  { run }: Pick<ProductMemory, 'run'>,
): ProductUpdate {
  const body = wholeUpdate(wanted, groups, categoryIds);
  const refused = Object.keys(run?.refused ?? {});
  for (const name of Object.keys(body))
    if (groups.some((group) => refused.includes(fieldPart(group, name)))) Reflect.deleteProperty(body, name);
  return body;
}

function wholeUpdate(
  { product }: WantedProduct,
  groups: readonly ProductPart[],
  categoryIds: readonly string[],
): ProductUpdate {
  const { name, description, handle, seoTitle, seoDescription, options } = product;
  const { brand, tags, published, freeShipping, requiresShipping, videoUrl } = product;
  return omitUndefined<ProductUpdate>({
    ...(groups.includes('texts')
      ? { name, description, handle, seo_title: seoTitle, seo_description: seoDescription }
      : {}),
    ...(groups.includes('flags')
      ? {
          brand,
          tags: tags?.join(','),
          published,
          free_shipping: freeShipping,
          requires_shipping: requiresShipping,
          video_url: videoUrl,
        }
      : {}),
    ...(groups.includes('options') ? { attributes: options } : {}),
    ...(groups.includes('categories') ? { categories: [...categoryIds] } : {}),
  });
}

const VARIANT_FIELD = 'variant-field/';

/** By what name a field of a variant is remembered as refused, where the variant is changed without it. */
export const variantFieldPart = (sku: string, name: string): string => `${VARIANT_FIELD}${name}/${sku}`;

/** What was refused of single fields of a variant. */
const refusedOfVariant = ({ run }: Pick<ProductMemory, 'run'>, sku: string): string[] =>
  Object.keys(run?.refused ?? {}).filter(
    // A SKU may hold a slash, and no name of theirs does.
    (part) =>
      part.startsWith(VARIANT_FIELD) && part.slice(part.indexOf('/', VARIANT_FIELD.length) + 1) === sku,
  );

/** What is remembered of a part of a variant once it was brought about. Where a field was refused that is not all. */
export const variantReachedAs = (sku: string, hash: string, memory: Pick<ProductMemory, 'run'>): string =>
  refusedOfVariant(memory, sku).length > 0 ? `${hash}~` : hash;

/** What is sent of a variant that is there: all but the fields that were refused. */
export function variantUpdateOf(
  wanted: ErpVariant,
  parts: ChangedVariant['parts'],
  memory: Pick<ProductMemory, 'run'>,
): VariantBody {
  const whole = {
    ...(parts.includes('variant') ? variantOf(wanted) : {}),
    ...(parts.includes('prices') ? pricesOf(wanted) : {}),
  };
  const refused = refusedOfVariant(memory, wanted.sku);
  const kept = Object.entries(whole).filter(
    ([name]) => !refused.includes(variantFieldPart(wanted.sku, name)),
  );
  return Object.fromEntries(kept);
}

/** A variant of a product as it is made: it begins with its prices, and with nothing to sell where others tell of stock. */
export const newVariant = (wanted: ErpVariant, { locations }: WantedProduct): VariantBody => ({
  ...variantOf(wanted),
  ...pricesOf(wanted),
  // Without a number the platform would sell without end.
  inventory_levels:
    locations.length === 0
      ? [{ stock: wanted.stock ?? 0 }]
      : locations.map((location_id) => ({ location_id, stock: 0 })),
});

export const variantOf = ({ sku, values, barcode, weight, width, height, depth }: ErpVariant): VariantBody =>
  omitUndefined<VariantBody>({
    sku,
    // A product without options has one variant without values.
    values: values === undefined || values.length === 0 ? undefined : values,
    barcode,
    weight,
    width,
    height,
    depth,
  });

export const pricesOf = ({ price, promotionalPrice, cost }: ErpVariant): VariantBody =>
  omitUndefined<VariantBody>({ price, promotional_price: promotionalPrice, cost });

/** @param position from 1 */
export const imageOf = ({ src, attachment, filename, alt }: ErpImage, position: number): ImageBody =>
  omitUndefined<ImageBody>({
    src,
    attachment,
    ...(attachment === undefined ? {} : { filename }),
    alt,
    position,
  });

/** The call that makes a product: with all its variants and its first images. */
export function creationOf(
  wanted: WantedProduct,
  {
    groups,
    categoryIds,
    images,
    memory,
  }: {
    groups: readonly ProductPart[];
    categoryIds: readonly string[];
    images: readonly { image: ErpImage; position: number }[];
    memory: ProductMemory;
  },
): ProductCreation {
  return {
    ...updateOf(wanted, groups, categoryIds, memory),
    name: wanted.product.name,
    variants: wanted.product.variants.map((one) => newVariant(one, wanted)),
    ...(images.length === 0 ? {} : { images: images.map(({ image, position }) => imageOf(image, position)) }),
  };
}
