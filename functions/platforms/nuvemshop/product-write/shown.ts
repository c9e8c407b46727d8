import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { ErpVariant, WantedProduct } from '../../../domain/product-input.ts';
import { read } from '../client/requests.ts';
import { idSchema } from '../order/schema.ts';

/** What an answer shows of a product. @throws PlatformError `invalid-response`; a write may have happened all the same */
export const readShown = (operation: string, json: unknown): ShownProduct =>
  read(shownProduct(), operation, { json, status: 200 });

type Texts = string | Readonly<Record<string, string>>;

/** Whatever form it has: what cannot be compared is not the same. */
const anything = lazily(() => z.unknown().optional());
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

const shownVariant = lazily(() =>
  z.object({
    id: idSchema(),
    sku: z.string().trim().nullish(),
    values: listOf(z.unknown()),
    price: anything(),
    promotional_price: anything(),
    cost: anything(),
    barcode: anything(),
    weight: anything(),
    width: anything(),
    height: anything(),
    depth: anything(),
  }),
);
export type ShownVariant = z.output<ReturnType<typeof shownVariant>>;

/** As much of a product as is compared with what is wanted (Nuvemshop reference, product page). */
const shownProduct = lazily(() =>
  z.object({
    id: idSchema(),
    name: anything(),
    description: anything(),
    handle: anything(),
    seo_title: anything(),
    seo_description: anything(),
    attributes: listOf(z.unknown()),
    brand: anything(),
    tags: anything(),
    published: anything(),
    free_shipping: anything(),
    requires_shipping: anything(),
    video_url: anything(),
    categories: listOf(z.object({ id: idSchema() })),
    variants: listOf(shownVariant()),
    images: listOf(z.object({ id: idSchema(), src: z.string().nullish() })),
  }),
);
export type ShownProduct = z.output<ReturnType<typeof shownProduct>>;

/** Whether a text is shown as it is wanted: in one language where it was sent for all of them. */
export function sameTexts(shown: unknown, wanted: Texts | undefined): boolean {
  if (wanted === undefined) return true;
  if (typeof shown !== 'object' || shown === null) return shown === wanted;
  const there = new Map(Object.entries(shown));
  return typeof wanted === 'string'
    ? [...there.values()].includes(wanted)
    : Object.entries(wanted).every(([language, text]) => (there.get(language) ?? '') === text);
}

const sameList = (shown: readonly unknown[], wanted: readonly Texts[] | undefined): boolean =>
  wanted === undefined ||
  (shown.length === wanted.length && wanted.every((one, index) => sameTexts(shown[index], one)));

/** Whether a variant of the platform is the choice that a wanted one is to be. */
export const isSameChoice = (shown: ShownVariant, { values = [] }: ErpVariant): boolean =>
  sameList(shown.values, values);

const sameValue = (shown: unknown, wanted: unknown): boolean => wanted === undefined || shown === wanted;

/** `"0.250"` and 0.25 are the same. */
const sameNumber = (shown: unknown, wanted: string | null | undefined): boolean => {
  if (wanted === undefined) return true;
  if (wanted === null || shown === null || shown === undefined) return (shown ?? null) === wanted;
  return Number(shown) === Number(wanted);
};

const sameTags = (shown: unknown, wanted: readonly string[] | undefined): boolean =>
  wanted === undefined ||
  (typeof shown === 'string' &&
    [...wanted].sort().join() ===
      shown
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
        .sort()
        .join());

/** Whether a group of the product itself is as it is wanted. */
export const isShown = {
  texts: (shown: ShownProduct, { product: wanted }: WantedProduct) =>
    sameTexts(shown.name, wanted.name) &&
    sameTexts(shown.description, wanted.description) &&
    sameTexts(shown.handle, wanted.handle) &&
    sameTexts(shown.seo_title, wanted.seoTitle) &&
    sameTexts(shown.seo_description, wanted.seoDescription),
  flags: (shown: ShownProduct, { product: wanted }: WantedProduct) =>
    sameValue(shown.brand ?? '', wanted.brand) &&
    sameTags(shown.tags, wanted.tags) &&
    sameValue(shown.published, wanted.published) &&
    sameValue(shown.free_shipping, wanted.freeShipping) &&
    sameValue(shown.requires_shipping, wanted.requiresShipping) &&
    sameValue(shown.video_url, wanted.videoUrl),
  options: (shown: ShownProduct, { product: { options } }: WantedProduct) =>
    sameList(shown.attributes, options),
} as const;

/** Whether a variant shows what is wanted of it. */
export const variantIsShown = (shown: ShownVariant, wanted: ErpVariant): boolean =>
  shown.sku === wanted.sku.trim() &&
  sameList(shown.values, wanted.values) &&
  sameValue(shown.barcode ?? '', wanted.barcode) &&
  sameNumber(shown.weight, wanted.weight) &&
  sameNumber(shown.width, wanted.width) &&
  sameNumber(shown.height, wanted.height) &&
  sameNumber(shown.depth, wanted.depth);

export const pricesAreShown = (shown: ShownVariant, wanted: ErpVariant): boolean =>
  sameNumber(shown.price, wanted.price) &&
  sameNumber(shown.promotional_price, wanted.promotionalPrice) &&
  sameNumber(shown.cost, wanted.cost);

/** Which variant of the platform each wanted one is: that with its SKU, or one of no wanted SKU with its values. */
export function matchVariants(
  wanted: readonly ErpVariant[],
  shown: readonly ShownVariant[],
): Map<string, ShownVariant> {
  const matched = new Map<string, ShownVariant>();
  const free = new Set(shown);
  const take = (sku: string, found: ShownVariant | undefined) => {
    if (found === undefined) return;
    matched.set(sku, found);
    free.delete(found);
  };
  for (const one of wanted) {
    const withSku = [...free].filter(({ sku }) => sku === one.sku.trim());
    take(one.sku, withSku.find((there) => isSameChoice(there, one)) ?? withSku[0]);
  }
  for (const one of wanted)
    if (!matched.has(one.sku))
      take(
        one.sku,
        [...free].find((there) => isSameChoice(there, one)),
      );
  return matched;
}
