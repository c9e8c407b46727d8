import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { idLike, localised, nullableText, numeric, readBody } from '../bodies.ts';
import { fail, invalid, notFound } from '../errors.ts';
import { selectFields } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { Localised, Product } from './catalogue.ts';
import { changed, findProduct } from './find-product.ts';
import { addImages, imageBody } from './image-routes.ts';
import { listProducts } from './list-products.ts';
import { renderProduct } from './render-catalogue.ts';
import { applyVariant, blankVariant, inAllLanguages, variantBody } from './variant-fields.ts';

const MAX_PRODUCTS = 100_000;
const MAX_INLINE_IMAGES = 9;

const fields = {
  name: localised.optional(),
  description: localised.optional(),
  handle: localised.optional(),
  attributes: z.array(localised).max(3, 'cannot have more than 3 elements').optional(),
  brand: nullableText.optional(),
  published: z.boolean().optional(),
  visibility: z.enum(['visible', 'unlisted', 'hidden']).optional(),
  free_shipping: z.boolean().optional(),
  requires_shipping: z.boolean().optional(),
  video_url: z.union([z.url({ protocol: /^https$/, error: 'must be an https url' }), z.null()]).optional(),
  seo_title: localised.optional(),
  seo_description: localised.optional(),
  tags: z.string().optional(),
  categories: z.array(idLike).optional(),
  // The guide sends these; a product has none of them and the platform says nothing.
  price: numeric.optional(),
  stock: numeric.optional(),
  sku: nullableText.optional(),
  inventory_levels: z.array(z.unknown()).optional(),
};
const update = z.strictObject(fields);
const creation = z.strictObject({
  ...fields,
  name: localised,
  variants: z.array(variantBody).optional(),
  images: z.array(imageBody).optional(),
});

/** Products (reference, product page). */
export const productRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/products',
    scope: 'read_products',
    source: 'Guide, list products; reference, product page (filters, sort_by)',
    handle: listProducts,
  },
  {
    method: 'GET',
    path: '/products/sku/{sku}',
    scope: 'read_products',
    source: 'Reference, product page: the first product that has a variant with the SKU',
    handle(request, call) {
      const product = [...call.store.products.values()].find((candidate) =>
        candidate.variants.some((variant) => variant.sku === request.params.sku),
      );
      if (product === undefined) throw notFound('Product not found');
      return { status: 200, body: renderProduct(product, call.store, call.version) };
    },
  },
  {
    method: 'GET',
    path: '/products/{id}',
    scope: 'read_products',
    source: 'Reference, product page',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      return { status: 200, body: selectFields(request, renderProduct(product, call.store, call.version)) };
    },
  },
  {
    method: 'POST',
    path: '/products',
    scope: 'write_products',
    source:
      'Guide, create a product (its price and stock belong to a variant); reference, product page (limits)',
    handle: (request, call) => ({
      status: 201,
      body: renderProduct(create(request, call), call.store, call.version),
    }),
  },
  {
    method: 'PUT',
    path: '/products/{id}',
    scope: 'write_products',
    source:
      'Guide, update a product (its price and stock are ignored); reference, product page (categories: [] clears)',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      apply(call, product, readBody(request, update));
      changed(call, product);
      return { status: 200, body: renderProduct(product, call.store, call.version) };
    },
  },
  {
    method: 'DELETE',
    path: '/products/{id}',
    scope: 'write_products',
    source: 'Guide, delete a product',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      call.store.products.delete(product.id);
      emit(call.platform, call.store, 'product/deleted', { id: product.id });
      return { status: 200, body: {} };
    },
  },
];

function create(request: SimRequest, call: ApiCall): Product {
  const body = readBody(request, creation);
  if (call.store.products.size >= MAX_PRODUCTS) {
    throw fail(422, `Store has reached maximum limit of ${MAX_PRODUCTS} allowed products`);
  }
  if ((body.images?.length ?? 0) > MAX_INLINE_IMAGES) {
    throw invalid({ images: [`cannot have more than ${MAX_INLINE_IMAGES} elements`] });
  }
  const name = inAllLanguages(call, body.name);
  const empty: Localised = { [call.store.language]: '' };
  const product: Product = {
    id: call.platform.nextId('product'),
    name,
    description: empty,
    handle: Object.fromEntries(Object.entries(name).map(([language, text]) => [language, slug(text)])),
    attributes: [],
    brand: null,
    published: true,
    visibility: 'visible',
    freeShipping: false,
    requiresShipping: true,
    videoUrl: null,
    seoTitle: name,
    seoDescription: empty,
    tags: '',
    categoryIds: [],
    variants: [],
    images: [],
    createdAt: call.now,
    updatedAt: call.now,
  };
  apply(call, product, body);
  // Even a product without options has one variant, which holds price and stock.
  for (const given of body.variants ?? [{}]) {
    const variant = blankVariant(call, product);
    applyVariant(call, variant, given);
    product.variants.push(variant);
  }
  addImages(call, product, body.images ?? []);
  call.store.products.set(product.id, product);
  emit(call.platform, call.store, 'product/created', { id: product.id });
  return product;
}

function apply(call: ApiCall, product: Product, body: z.infer<typeof update>): void {
  if (body.published !== undefined && body.visibility !== undefined) {
    throw fail(422, 'Send either published or visibility');
  }
  const text = (value: string | Record<string, string | null>) => inAllLanguages(call, value);
  checkLengths(body);
  const categories = body.categories ?? product.categoryIds;
  if (categories.some((id) => !call.store.categories.has(id)))
    throw invalid({ categories: ['does not exist'] });
  product.categoryIds = categories;
  if (body.name !== undefined) product.name = text(body.name);
  if (body.description !== undefined) product.description = text(body.description);
  if (body.handle !== undefined) product.handle = text(body.handle);
  if (body.seo_title !== undefined) product.seoTitle = text(body.seo_title);
  if (body.seo_description !== undefined) product.seoDescription = text(body.seo_description);
  if (body.attributes !== undefined) product.attributes = body.attributes.map(text);
  if (body.brand !== undefined) product.brand = body.brand;
  if (body.free_shipping !== undefined) product.freeShipping = body.free_shipping;
  if (body.requires_shipping !== undefined) product.requiresShipping = body.requires_shipping;
  if (body.video_url !== undefined) product.videoUrl = body.video_url;
  if (body.tags !== undefined) product.tags = body.tags;
  if (body.published !== undefined) {
    product.published = body.published;
    product.visibility = body.published ? 'visible' : 'hidden';
  }
  if (body.visibility !== undefined) {
    product.visibility = body.visibility;
    product.published = body.visibility !== 'hidden';
  }
}

function checkLengths(body: z.infer<typeof update>): void {
  const longest = (text: string | Record<string, string | null> | undefined) =>
    Math.max(
      0,
      ...(typeof text === 'string' ? [text] : Object.values(text ?? {})).map((one) => one?.length ?? 0),
    );
  if (longest(body.seo_title) > 70) throw invalid({ seo_title: ['is too long (maximum is 70 characters)'] });
  if (longest(body.seo_description) > 320) {
    throw invalid({ seo_description: ['is too long (maximum is 320 characters)'] });
  }
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}
