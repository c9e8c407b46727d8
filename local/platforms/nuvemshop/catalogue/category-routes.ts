import * as z from 'zod';
import { idLike, localised, nullableText, readBody } from '../bodies.ts';
import { fail, invalid, notFound } from '../errors.ts';
import { dateRange, onlyParameters, page, pagingParameters, positive, selectFields } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { Category } from './catalogue.ts';
import { renderCategory } from './render-catalogue.ts';
import { inAllLanguages } from './variant-fields.ts';

const MAX_CATEGORIES = 1000;

const fields = {
  description: localised.optional(),
  handle: localised.optional(),
  parent: z.union([idLike, z.null()]).optional(),
  google_shopping_category: nullableText.optional(),
  seo_title: localised.optional(),
  seo_description: localised.optional(),
  visibility: z.enum(['visible', 'hidden']).optional(),
};
const creation = z.strictObject({ name: localised, ...fields });
const update = z.strictObject({ name: localised.optional(), ...fields });

/** Categories and subcategories (guide, catalogue; reference, category page). */
export const categoryRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/categories',
    scope: 'read_products',
    source: 'Reference, category page',
    handle(request, call) {
      onlyParameters(request, [
        ...pagingParameters,
        'since_id',
        'language',
        'handle',
        'parent_id',
        'created_at_min',
        'created_at_max',
        'updated_at_min',
        'updated_at_max',
      ]);
      const sinceId = positive(request, 'since_id') ?? 0;
      const handle = request.query.get('handle');
      const parent = request.query.get('parent_id');
      const created = dateRange(request, 'created_at');
      const updated = dateRange(request, 'updated_at');
      const found = [...call.store.categories.values()].filter(
        (category) =>
          category.id > sinceId &&
          (handle === null || Object.values(category.handle).includes(handle)) &&
          (parent === null || String(category.parent ?? 0) === parent) &&
          created(category.createdAt) &&
          updated(category.updatedAt),
      );
      return page(request, found, (category) => renderCategory(category, call.store, call.version));
    },
  },
  {
    method: 'GET',
    path: '/categories/{id}',
    scope: 'read_products',
    source: 'Reference, category page',
    handle(request, call) {
      const category = find(call, request.params.id);
      return { status: 200, body: selectFields(request, renderCategory(category, call.store, call.version)) };
    },
  },
  {
    method: 'POST',
    path: '/categories',
    scope: 'write_products',
    source:
      'Guide, create a category or a subcategory (its path lacks the store id); reference (at most 1,000)',
    handle(request, call) {
      const body = readBody(request, creation);
      if (call.store.categories.size >= MAX_CATEGORIES) {
        throw fail(422, `Store has reached maximum limit of ${MAX_CATEGORIES} allowed categories`);
      }
      const name = inAllLanguages(call, body.name);
      const empty = inAllLanguages(call, '');
      const category: Category = {
        id: call.platform.nextId('category'),
        name,
        description: empty,
        handle: Object.fromEntries(
          Object.entries(name).map(([language, text]) => [language, text.toLowerCase().replaceAll(' ', '-')]),
        ),
        parent: null,
        googleShoppingCategory: null,
        seoTitle: name,
        seoDescription: empty,
        visibility: 'visible',
        createdAt: call.now,
        updatedAt: call.now,
      };
      apply(call, category, body);
      call.store.categories.set(category.id, category);
      emit(call.platform, call.store, 'category/created', { id: category.id });
      return { status: 201, body: renderCategory(category, call.store, call.version) };
    },
  },
  {
    method: 'PUT',
    path: '/categories/{id}',
    scope: 'write_products',
    source: 'Guide, update a category or subcategory',
    handle(request, call) {
      const category = find(call, request.params.id);
      apply(call, category, readBody(request, update));
      emit(call.platform, call.store, 'category/updated', { id: category.id });
      return { status: 200, body: renderCategory(category, call.store, call.version) };
    },
  },
  {
    method: 'DELETE',
    path: '/categories/{id}',
    scope: 'write_products',
    source: 'Reference, category page',
    handle(request, call) {
      const category = find(call, request.params.id);
      call.store.categories.delete(category.id);
      for (const child of call.store.categories.values())
        if (child.parent === category.id) child.parent = null;
      for (const product of call.store.products.values()) {
        product.categoryIds = product.categoryIds.filter((id) => id !== category.id);
      }
      emit(call.platform, call.store, 'category/deleted', { id: category.id });
      return { status: 200, body: {} };
    },
  },
];

function find(call: ApiCall, id: string | undefined): Category {
  const category = call.store.categories.get(Number(id));
  if (category === undefined) throw notFound('Category not found');
  return category;
}

function apply(call: ApiCall, category: Category, body: z.infer<typeof update>): void {
  if (body.parent !== undefined) category.parent = parentOf(call, category, body.parent);
  if (body.name !== undefined) category.name = inAllLanguages(call, body.name);
  if (body.description !== undefined) category.description = inAllLanguages(call, body.description);
  if (body.handle !== undefined) category.handle = inAllLanguages(call, body.handle);
  if (body.seo_title !== undefined) category.seoTitle = inAllLanguages(call, body.seo_title);
  if (body.seo_description !== undefined)
    category.seoDescription = inAllLanguages(call, body.seo_description);
  if (body.google_shopping_category !== undefined)
    category.googleShoppingCategory = body.google_shopping_category;
  if (body.visibility !== undefined) category.visibility = body.visibility;
  category.updatedAt = call.now;
}

// No parent is null, and 0 in v1.
function parentOf(call: ApiCall, category: Category, parent: number | null): number | null {
  if (parent === null || parent === 0) return null;
  if (!call.store.categories.has(parent) || parent === category.id)
    throw invalid({ parent: ['does not exist'] });
  return parent;
}
