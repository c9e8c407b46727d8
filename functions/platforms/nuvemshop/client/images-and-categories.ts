import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { idSchema, localised, wireId } from '../order/schema.ts';
import { path } from './call.ts';
import { checked, type Requests } from './requests.ts';

/** An image: an address the platform fetches, or the bytes in base64 with a file name (reference, product image page). */
export const imageBody = lazily(() =>
  z
    .strictObject({
      src: z.url({ protocol: /^https?$/ }).optional(),
      attachment: z.base64().optional(),
      filename: z
        .string()
        .regex(/\.(gif|jpe?g|png|webp)$/i, 'Invalid file name: not gif, jpg, png or webp')
        .optional(),
      position: z.int().min(1).optional(),
      alt: z.union([z.string(), z.array(z.string())]).optional(),
    })
    .refine(
      ({ src, attachment, filename }) =>
        src === undefined ? attachment !== undefined && filename !== undefined : attachment === undefined,
      'send either src, or attachment with filename',
    ),
);
export type ImageBody = z.input<ReturnType<typeof imageBody>>;

export const image = lazily(() =>
  z.looseObject({
    id: idSchema(),
    src: z.string().nullish(),
    position: z.number().nullish(),
  }),
);
export type Image = z.output<ReturnType<typeof image>>;

/** Images of a product, 250 at most (Nuvemshop reference, product image page). */
export function createImages(requests: Requests) {
  return {
    /** Adds an image, and looks for none: whoever calls it knows which images there were before. */
    async add(productId: string, body: ImageBody): Promise<Image> {
      const sent = checked(imageBody(), 'images.add', body);
      return requests.post(image(), 'images.add', path`/products/${productId}/images`, sent);
    },
    delete: (productId: string, id: string) =>
      requests.remove('images.delete', path`/products/${productId}/images/${id}`),
  };
}

const fields = lazily(() => ({
  description: localised().optional(),
  handle: localised().optional(),
  /** The category above; null for one at the top. */
  parent: wireId().nullable().optional(),
  google_shopping_category: z.string().nullable().optional(),
  seo_title: localised().optional(),
  seo_description: localised().optional(),
  visibility: z.enum(['visible', 'hidden']).optional(),
}));
/** Categories and subcategories (Nuvemshop reference, category page). */
export const categoryCreation = lazily(() => z.strictObject({ name: localised(), ...fields() }));
export type CategoryCreation = z.input<ReturnType<typeof categoryCreation>>;

/** `parent` of a top category is null, and 0 in v1. */
export const category = lazily(() =>
  z.looseObject({
    id: idSchema(),
    name: z.unknown().optional(),
    parent: idSchema()
      .nullish()
      .transform((id) => (id === '0' ? null : id)),
  }),
);
export type Category = z.output<ReturnType<typeof category>>;

/** Categories of the store, 1,000 at most. The guide's address lacks the store id; the reference has it. */
export function createCategories(requests: Requests) {
  const list = () => requests.list(category(), 'categories.list', '/categories');
  return {
    list,
    /** Makes a category, also where there is one of the name: see `ensureCategories`, which looks before. */
    async create(body: CategoryCreation): Promise<Category> {
      const sent = checked(categoryCreation(), 'categories.create', body);
      return requests.post(category(), 'categories.create', '/categories', sent);
    },
  };
}
