import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema } from '../ids.ts';
import { localised, wireId } from './fields.ts';
import { collect } from './paging.ts';
import { checked } from './read.ts';
import type { Requests } from './requests.ts';
import { path } from './url.ts';
import { createIdempotently, type PreviousAttempt } from './write-once.ts';

const fields = {
  description: localised.optional(),
  handle: localised.optional(),
  /** The category above; null for one at the top. */
  parent: wireId.nullable().optional(),
  google_shopping_category: z.string().nullable().optional(),
  seo_title: localised.optional(),
  seo_description: localised.optional(),
  visibility: z.enum(['visible', 'hidden']).optional(),
};
/** Categories and subcategories (Nuvemshop reference, category page). */
export const categoryCreation = z.strictObject({ name: localised, ...fields });
export type CategoryCreation = z.input<typeof categoryCreation>;
export const categoryUpdate = z.strictObject({ name: localised.optional(), ...fields });
export type CategoryUpdate = z.input<typeof categoryUpdate>;

/** `parent` of a top category is null, and 0 in v1. */
export const category = z.looseObject({
  id: idSchema,
  name: z.unknown().optional(),
  parent: idSchema.nullish().transform((id) => (id === '0' ? null : id)),
});
export type Category = z.output<typeof category>;

/** Categories of the store, 1,000 at most. The guide's address lacks the store id; the reference has it. */
export function createCategories(requests: Requests, clock: Clock) {
  const list = () => requests.list(category, 'categories.list', '/categories');
  return {
    list,
    get: (id: string) => requests.get(category, 'categories.get', path`/categories/${id}`),
    /** Makes a category. A repeat finds it by its name and place. */
    async create(body: CategoryCreation, repeat?: PreviousAttempt): Promise<Category> {
      const operation = 'categories.create';
      const sent = checked(categoryCreation, operation, body);
      return createIdempotently({
        clock,
        repeat,
        findExisting: async () => (await collect(operation, list())).find((found) => isSame(found, sent)),
        write: () => requests.post(category, operation, '/categories', sent),
      });
    },
    async update(id: string, body: CategoryUpdate): Promise<Category> {
      const sent = checked(categoryUpdate, 'categories.update', body);
      return requests.put(category, 'categories.update', path`/categories/${id}`, sent);
    },
    delete: (id: string) => requests.remove('categories.delete', path`/categories/${id}`),
  };
}

function isSame(found: Category, sent: z.output<typeof categoryCreation>): boolean {
  const texts = (name: unknown): unknown[] =>
    typeof name === 'object' && name !== null ? Object.values(name) : [name];
  const wanted = texts(sent.name);
  return (
    texts(found.name).some((text) => wanted.includes(text)) &&
    String(found.parent ?? '') === String(sent.parent ?? '')
  );
}
