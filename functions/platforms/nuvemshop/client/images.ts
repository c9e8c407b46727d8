import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema } from '../ids.ts';
import { collect } from './paging.ts';
import { checked } from './read.ts';
import type { Requests } from './requests.ts';
import { path } from './url.ts';
import { createIdempotently, type PreviousAttempt } from './write-once.ts';

const place = {
  position: z.number().int().min(1).optional(),
  alt: z.union([z.string(), z.array(z.string())]).optional(),
};

/** An image: an address the platform fetches, or the bytes in base64 with a file name (reference, product image page). */
export const imageBody = z
  .strictObject({
    src: z.url({ protocol: /^https?$/ }).optional(),
    attachment: z.base64().optional(),
    filename: z
      .string()
      .regex(/\.(gif|jpe?g|png|webp)$/i, 'Invalid file name: not gif, jpg, png or webp')
      .optional(),
    ...place,
  })
  .refine(
    ({ src, attachment, filename }) =>
      src === undefined ? attachment !== undefined && filename !== undefined : attachment === undefined,
    'send either src, or attachment with filename',
  );
export type ImageBody = z.input<typeof imageBody>;
export const imageUpdate = z.strictObject(place);

export const image = z.looseObject({
  id: idSchema,
  src: z.string().nullish(),
  position: z.number().nullish(),
});
export type Image = z.output<typeof image>;

/** Images of a product, 250 at most (Nuvemshop reference, product image page). */
export function createImages(requests: Requests, clock: Clock) {
  const list = (productId: string) =>
    requests.list(image, 'images.list', path`/products/${productId}/images`);
  return {
    list,
    get: (productId: string, id: string) =>
      requests.get(image, 'images.get', path`/products/${productId}/images/${id}`),
    /** Adds an image. A repeat finds it by the file's name, which the platform keeps in the address it hosts it under. */
    async create(productId: string, body: ImageBody, repeat?: PreviousAttempt): Promise<Image> {
      const operation = 'images.create';
      const sent = checked(imageBody, operation, body);
      const stem = stemOf(sent.filename ?? sent.src ?? '');
      return createIdempotently({
        clock,
        repeat,
        findExisting: async () =>
          (await collect(operation, list(productId))).find(({ src }) => stemOf(src ?? '').startsWith(stem)),
        write: () => requests.post(image, operation, path`/products/${productId}/images`, sent),
      });
    },
    /** Moves an image or describes it. */
    async update(productId: string, id: string, body: z.input<typeof imageUpdate>): Promise<Image> {
      const sent = checked(imageUpdate, 'images.update', body);
      return requests.put(image, 'images.update', path`/products/${productId}/images/${id}`, sent);
    },
    delete: (productId: string, id: string) =>
      requests.remove('images.delete', path`/products/${productId}/images/${id}`),
  };
}

/** The file's name without folders, query and ending. */
function stemOf(address: string): string {
  const file = address.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return file.replace(/\.\w+$/, '').toLowerCase();
}
