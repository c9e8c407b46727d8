import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { readBody } from '../bodies.ts';
import { fail, invalid, notFound } from '../errors.ts';
import { onlyParameters, selectFields } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import type { Product, ProductImage } from './catalogue.ts';
import { changed, findProduct } from './find-product.ts';
import { renderImage } from './render-catalogue.ts';

const MAX_IMAGES = 250;

/** An image in a request: an address, or the bytes with a file name. */
export const imageBody = z.strictObject({
  src: z.url({ protocol: /^https?$/, error: 'is not a valid url' }).optional(),
  attachment: z.base64().optional(),
  filename: z
    .string()
    .regex(/\.(gif|jpe?g|png|webp)$/i, 'must be gif, jpg, png or webp')
    .optional(),
  position: z.int().min(1).optional(),
  alt: z.union([z.string(), z.array(z.string())]).optional(),
});

const update = imageBody.pick({ position: true, alt: true });

/** Images of a product (reference, product image page; guide, enrich a product). */
export const imageRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/products/{id}/images',
    scope: 'read_products',
    source: 'Reference, product image page',
    handle(request, call) {
      onlyParameters(request, ['fields', 'src', 'position', 'page', 'per_page', 'since_id']);
      const { images } = findProduct(call, request.params.id);
      return { status: 200, body: images.map((image) => selectFields(request, renderImage(image))) };
    },
  },
  {
    method: 'GET',
    path: '/products/{id}/images/{image_id}',
    scope: 'read_products',
    source: 'Reference, product image page',
    handle: (request, call) => ({ status: 200, body: renderImage(find(request, call).image) }),
  },
  {
    method: 'POST',
    path: '/products/{id}/images',
    scope: 'write_products',
    source:
      'Guide, enrich a product; reference, product image page (src, or attachment with filename; at most 250)',
    handle(request, call) {
      const product = findProduct(call, request.params.id);
      const [image] = addImages(call, product, [readBody(request, imageBody)]);
      changed(call, product);
      return { status: 201, body: image === undefined ? {} : renderImage(image) };
    },
  },
  {
    method: 'PUT',
    path: '/products/{id}/images/{image_id}',
    scope: 'write_products',
    source: 'Reference, product image page',
    handle(request, call) {
      const { product, image } = find(request, call);
      const body = readBody(request, update);
      if (body.alt !== undefined) image.alt = [body.alt].flat();
      if (body.position !== undefined) image.position = body.position;
      image.updatedAt = call.now;
      product.images.sort((a, b) => a.position - b.position);
      changed(call, product);
      return { status: 200, body: renderImage(image) };
    },
  },
  {
    method: 'DELETE',
    path: '/products/{id}/images/{image_id}',
    scope: 'write_products',
    source: 'Reference, product image page',
    handle(request, call) {
      const { product, image } = find(request, call);
      product.images = product.images.filter((other) => other !== image);
      changed(call, product);
      return { status: 200, body: {} };
    },
  },
];

/** Adds images to a product; the platform hosts them under an address of its own. */
export function addImages(
  call: ApiCall,
  product: Product,
  bodies: readonly z.infer<typeof imageBody>[],
): ProductImage[] {
  if (product.images.length + bodies.length > MAX_IMAGES) {
    throw fail(422, `Product is not allowed to have more than ${MAX_IMAGES} images`);
  }
  const added = bodies.map((body, index): ProductImage => {
    if (body.src === undefined && body.attachment === undefined) throw invalid({ src: ["can't be blank"] });
    if (body.attachment !== undefined && body.filename === undefined)
      throw invalid({ filename: ["can't be blank"] });
    const id = call.platform.nextId('image');
    return {
      id,
      productId: product.id,
      src: `https://images.example/stores/${call.store.id}/${id}-1024-1024.png`,
      position: body.position ?? product.images.length + index + 1,
      alt: [body.alt ?? []].flat(),
      createdAt: call.now,
      updatedAt: call.now,
    };
  });
  product.images.push(...added);
  return added;
}

function find(request: SimRequest, call: ApiCall): { product: Product; image: ProductImage } {
  const product = findProduct(call, request.params.id);
  const image = product.images.find((candidate) => String(candidate.id) === request.params.image_id);
  if (image === undefined) throw notFound('Image not found');
  return { product, image };
}
