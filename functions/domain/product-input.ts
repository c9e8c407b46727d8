import * as z from 'zod';
import { contentHash } from './canonical-json.ts';
import type { ProductGroup } from './erp-product.ts';
import { lazily } from './lazily.ts';

export const MOST_VARIANTS = 1000;
export const MOST_IMAGES = 250;
const MOST_OPTIONS = 3;
const MOST_CATEGORIES = 50;
const MOST_DEPTH = 10;
const MOST_FIELDS = 50;

const language = () =>
  z.string().regex(/^[a-z]{2}([_-][A-Z]{2})?$/, 'must be a language, such as es or pt_BR');

/** Text by language, or one for all of them. */
const texts = (most: number) =>
  z.union([z.string().min(1).max(most), z.record(language(), z.string().max(most))]).meta({
    description: 'One text for all languages, or an object with one for each: `{"es": "Remera"}`.',
  });

/** As `variant` of a SKU is named on the way to stock, too. */
const sku = () =>
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must hold no control characters')
    // Platforms are asked for a product by its SKU, as a part of an address.
    .refine((text) => !/^\.{1,2}$/.test(text), 'must hold more than dots');
/** Judged with the currency, as `PUT /v1/prices` judges it. */
const money = () => z.string().max(24);
const measure = (of: string) =>
  z
    .string()
    .regex(/^\d{1,6}(\.\d{1,3})?$/, 'must be decimal text, such as "0.250"')
    .meta({ description: of });

const image = lazily(() =>
  z
    .strictObject({
      src: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional()
        .meta({ description: 'Where the platform fetches it.' }),
      attachment: z
        .base64()
        .min(1)
        .optional()
        .meta({ description: 'The bytes, in base64; with `filename`. Either these or `src`.' }),
      filename: z
        .string()
        .max(200)
        .regex(/^[^/\\\p{Cc}]+\.(gif|jpe?g|png|webp)$/iu, 'must end in .gif, .jpg, .png or .webp')
        .optional(),
      alt: z.string().max(250).optional(),
    })
    .refine(
      ({ src, attachment, filename }) =>
        src === undefined ? attachment !== undefined && filename !== undefined : attachment === undefined,
      'must have src, or attachment with filename',
    ),
);

const category = lazily(() =>
  z.union([
    z.strictObject({ id: z.string().regex(/^\d{1,20}$/, 'must be the id that the platform gave it') }),
    z.strictObject({
      path: z
        .array(z.string().trim().min(1).max(200))
        .min(1)
        .max(MOST_DEPTH)
        .meta({ description: 'Names, the one at the top first. What is missing of it is made.' }),
    }),
  ]),
);

export const FIELD_TYPES = ['text', 'numeric', 'date', 'text_list'] as const;
const customField = lazily(() =>
  z.strictObject({
    name: z.string().trim().min(1).max(100),
    type: z.enum(FIELD_TYPES),
    value: z.string().min(1).max(500).nullable().meta({ description: 'Null takes it off the variant.' }),
  }),
);

const variant = lazily(() =>
  z.strictObject({
    sku: sku(),
    values: z
      .array(texts(200))
      .max(MOST_OPTIONS)
      .optional()
      .meta({ description: 'One for each option of the product, in their order.' }),
    price: money().optional(),
    promotionalPrice: money().nullable().optional().meta({ description: 'Null ends the promotion.' }),
    cost: money().optional(),
    stock: z.int().min(0).max(1e9).optional().meta({
      description: 'What a new variant begins with, where nobody tells the store of stock; 0 when absent.',
    }),
    barcode: z.string().max(100).optional(),
    weight: measure('In kilograms.').optional(),
    width: measure('In centimetres.').optional(),
    height: measure('In centimetres.').optional(),
    depth: measure('In centimetres.').optional(),
    customFields: z.array(customField()).max(MOST_FIELDS).optional(),
  }),
);

/** What the merchant's system wants a product to be at a platform. What it leaves out stays as the platform has it. */
export const erpProductInput = lazily(() =>
  z
    .strictObject({
      name: texts(255),
      description: texts(100_000).optional(),
      handle: texts(255).optional(),
      seoTitle: texts(70).optional(),
      seoDescription: texts(320).optional(),
      brand: z.string().max(100).optional(),
      tags: z
        .array(
          z
            .string()
            .trim()
            .min(1)
            .max(100)
            .regex(/^[^,]+$/, 'must hold no comma'),
        )
        .max(100)
        .optional(),
      published: z.boolean().optional(),
      freeShipping: z.boolean().optional(),
      requiresShipping: z.boolean().optional(),
      videoUrl: z
        .url({ protocol: /^https$/ })
        .max(2000)
        .optional(),
      options: z
        .array(texts(100))
        .max(MOST_OPTIONS)
        .optional()
        .meta({ description: 'What the variants differ in: colour, size. None where there is one variant.' }),
      variants: z
        .array(variant())
        .min(1)
        .max(MOST_VARIANTS)
        .meta({ description: 'Each is named by its SKU, which is no other variant’s.' }),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional()
        .meta({ description: 'Of the prices; needed where there are some.' }),
      confirm: z.literal('factor').optional().meta({
        description: 'A change of a price by more than ten times is meant.',
      }),
      images: z.array(image()).max(MOST_IMAGES).optional(),
      categories: z
        .array(category())
        .max(MOST_CATEGORIES)
        .optional()
        .meta({ description: 'All categories of the product; none takes it out of all.' }),
      removeMissing: z.boolean().default(false).meta({
        description: 'Whether variants, and images where `images` is there, that are not named are deleted.',
      }),
    })
    .superRefine(({ options = [], variants, currency }, context) => {
      const wrong = (path: (string | number)[], message: string) =>
        context.addIssue({ code: 'custom', path, message });
      if (options.length === 0 && variants.length > 1)
        wrong(['options'], 'must name what several variants differ in');
      const skus = new Set<string>();
      const choices = new Set<string>();
      for (const [index, { sku: one, values = [], price, promotionalPrice, cost }] of variants.entries()) {
        if (values.length !== options.length)
          wrong(['variants', index, 'values'], 'must have one for each option');
        if (skus.has(one.trim())) wrong(['variants', index, 'sku'], 'is also that of another variant');
        const choice = contentHash(values);
        if (choices.has(choice) && values.length > 0)
          wrong(['variants', index, 'values'], 'are also those of another variant');
        skus.add(one.trim());
        choices.add(choice);
        if (currency === undefined && [price, promotionalPrice, cost].some((said) => said !== undefined))
          wrong(['variants', index], 'has prices, and "currency" does not say in what');
      }
    }),
);
export type ErpProductInput = z.output<ReturnType<typeof erpProductInput>>;
export type ErpVariant = ErpProductInput['variants'][number];
export type ErpImage = NonNullable<ErpProductInput['images']>[number];

/**
 * What a product is to be at its store, as it is kept until it is so: what the merchant's system said, and what the
 * configuration says of the store.
 */
export const wantedProductSchema = lazily(() =>
  z.object({
    product: erpProductInput(),
    /** Prices of variants that are there are told by whoever tells prices. */
    pricesElsewhere: z.boolean(),
    /** The platform's own locations of the store that stock is told to; none where it has one, or nobody tells it. */
    locations: z.array(z.string()),
  }),
);
export type WantedProduct = z.output<ReturnType<typeof wantedProductSchema>>;

/** Hashes are only ever compared. */
export const shortHash = (value: unknown): string => contentHash(value).slice(0, 16);

/** What names an image: where it is fetched, or its bytes. */
export const imageKey = ({ src, attachment }: ErpImage): string => shortHash({ src, attachment });

/**
 * What is wanted, hashed by group: what was reached once is not sent again. A group of which nothing is said has no hash, and
 * stays as it is.
 */
export function groupHashes({
  product,
  pricesElsewhere,
}: WantedProduct): Partial<Record<ProductGroup, string>> {
  const { name, description, handle, seoTitle, seoDescription, options, variants, images, categories } =
    product;
  const { brand, tags, published, freeShipping, requiresShipping, videoUrl, removeMissing } = product;
  const flags = { brand, tags, published, freeShipping, requiresShipping, videoUrl };
  const prices = variants.map(({ sku: one, price, promotionalPrice, cost }) => ({
    sku: one,
    price,
    promotionalPrice,
    cost,
  }));
  const hasPrices = prices.some(
    ({ price, promotionalPrice, cost }) => (price ?? promotionalPrice ?? cost) !== undefined,
  );
  const fields = variants.flatMap(({ sku: one, customFields }) =>
    customFields === undefined ? [] : [{ sku: one, customFields }],
  );
  const said = (isSaid: boolean, group: ProductGroup, value: () => unknown) =>
    isSaid ? { [group]: shortHash(value()) } : {};
  return {
    texts: shortHash({ name, description, handle, seoTitle, seoDescription }),
    ...said(
      Object.values(flags).some((flag) => flag !== undefined),
      'flags',
      () => flags,
    ),
    ...said(options !== undefined, 'options', () => options),
    ...said(categories !== undefined, 'categories', () => categories),
    variants: shortHash({
      removeMissing,
      variants: variants.map(({ sku: one, values, barcode, weight, width, height, depth }) => ({
        sku: one,
        values,
        barcode,
        weight,
        width,
        height,
        depth,
      })),
    }),
    ...said(hasPrices && !pricesElsewhere, 'prices', () => prices),
    ...said(images !== undefined, 'images', () => ({
      removeMissing,
      images: (images ?? []).map(imageKey),
    })),
    ...said(fields.length > 0, 'fields', () => fields),
  };
}
