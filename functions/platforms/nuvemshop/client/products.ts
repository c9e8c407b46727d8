import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema, localised, wireId } from '../order/schema.ts';
import { path } from './call.ts';
import { createIdempotently } from './create-idempotently.ts';
import { imageBody } from './images-and-categories.ts';
import { checked, failed, type Requests } from './requests.ts';
import { variant, variantBody } from './variants.ts';

const seoTitle = lazily(() =>
  z.union([z.string().max(70), z.record(z.string(), z.string().max(70).nullable())]),
);
const seoDescription = lazily(() =>
  z.union([z.string().max(320), z.record(z.string(), z.string().max(320).nullable())]),
);

const fields = lazily(() => ({
  description: localised().optional(),
  handle: localised().optional(),
  attributes: z.array(localised()).max(3).optional(),
  brand: z.string().nullable().optional(),
  published: z.boolean().optional(),
  visibility: z.enum(['visible', 'unlisted', 'hidden']).optional(),
  free_shipping: z.boolean().optional(),
  requires_shipping: z.boolean().optional(),
  video_url: z
    .url({ protocol: /^https$/ })
    .nullable()
    .optional(),
  seo_title: seoTitle().optional(),
  seo_description: seoDescription().optional(),
  tags: z.string().optional(),
  /** An empty list takes the product out of all its categories. */
  categories: z.array(wireId()).optional(),
}));
const oneSwitch = (product: { published?: unknown; visibility?: unknown }) =>
  product.published === undefined || product.visibility === undefined;
const ONE_SWITCH = 'published and visibility exclude each other: send one of them';

/** A new product; it starts with at most nine images. */
export const productCreation = lazily(() =>
  z
    .strictObject({
      name: localised(),
      ...fields(),
      variants: z.array(variantBody()).max(1000).optional(),
      images: z.array(imageBody()).max(9).optional(),
    })
    .refine(oneSwitch, ONE_SWITCH),
);
export type ProductCreation = z.input<ReturnType<typeof productCreation>>;

/**
 * A change of a product; what it leaves out stays. It has no price, stock or SKU: the platform would ignore them with a
 * 200, because they belong to the product's variant, even where it has only the hidden one.
 */
export const productUpdate = lazily(() =>
  z.strictObject({ name: localised().optional(), ...fields() }).refine(oneSwitch, ONE_SWITCH),
);
export type ProductUpdate = z.input<ReturnType<typeof productUpdate>>;

export const product = lazily(() =>
  z.looseObject({
    id: idSchema(),
    name: z.unknown().optional(),
    variants: z.array(variant()).nullish(),
    created_at: z.string().nullish(),
  }),
);
export type Product = z.output<ReturnType<typeof product>>;

/** Products (Nuvemshop reference, product page). */
export function createProducts(requests: Requests, clock: Clock) {
  return {
    get: (id: string) => requests.get(product(), 'products.get', path`/products/${id}`),
    /** The first product that has a variant with this SKU; SKUs are not unique. */
    getBySku: (sku: string): Promise<Product> =>
      CUTS_PATH.test(sku)
        ? findBySku(requests, sku)
        : requests.get(product(), 'products.getBySku', path`/products/sku/${sku}`),
    /** Makes a product. Where the answer is lost it is found by its name and its SKUs among the newest. */
    async create(body: ProductCreation): Promise<Product> {
      const operation = 'products.create';
      const sent = checked(productCreation(), operation, body);
      return createIdempotently({
        clock,
        findExisting: async (since) => {
          const newest = { created_at_min: since.toISOString() };
          for await (const { items } of requests.list(product(), 'products.list', '/products', newest)) {
            const existing = items.find((found) => isSame(found, sent));
            if (existing !== undefined) return existing;
          }
          return undefined;
        },
        write: () => requests.post(product(), operation, '/products', sent),
      });
    },
    async update(id: string, body: ProductUpdate): Promise<Product> {
      const sent = checked(productUpdate(), 'products.update', body);
      return requests.put(product(), 'products.update', path`/products/${id}`, sent);
    },
  };
}

/** Servers on the way decode these signs, or refuse them, although they are encoded: the SKU would then not be found. */
const CUTS_PATH = /[/\\]/;

/** By the list, which searches SKUs too (reference, product page, `q`). @throws PlatformError `not-found` */
async function findBySku(requests: Requests, sku: string): Promise<Product> {
  const operation = 'products.list';
  let unread: string | undefined;
  for await (const { items, unreadable } of requests.list(product(), operation, '/products', { q: sku })) {
    const found = items.find(({ variants }) => variants?.some((one) => one.sku?.trim() === sku.trim()));
    if (found !== undefined) return found;
    unread ??= unreadable[0];
  }
  // It may be the one that is looked for: a product that is taken for missing is made a second time.
  if (unread !== undefined) throw failed({ operation, kind: 'invalid-response', detail: unread });
  throw failed({ operation, kind: 'not-found', detail: 'No product of the list has the SKU.' });
}

function isSame(found: Product, sent: z.output<ReturnType<typeof productCreation>>): boolean {
  const texts = (name: unknown): unknown[] =>
    typeof name === 'object' && name !== null ? Object.values(name) : [name];
  const skus = (variants: readonly { sku?: string | null | undefined }[] | null | undefined) =>
    (variants ?? [])
      .map(({ sku }) => sku ?? '')
      .sort()
      .join('\n');
  const names = texts(sent.name);
  return (
    texts(found.name).some((text) => names.includes(text)) &&
    (sent.variants === undefined || skus(found.variants) === skus(sent.variants))
  );
}
