import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema, localised, price, ulid, wireId } from '../order/schema.ts';
import { path } from './call.ts';
import { createIdempotently } from './create-idempotently.ts';
import { checked, collect, type Requests } from './requests.ts';
import { wholeList } from './whole-list.ts';

const text = lazily(() => z.string().nullable().optional());
const measure = lazily(() =>
  z
    .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?$/)])
    .nullable()
    .optional(),
);
const stock = lazily(() => z.int().min(0));

/** Stock at one location, the first one without `location_id`. A level must say its stock, or the call is refused. */
const inventoryLevel = lazily(() =>
  z.strictObject({ location_id: ulid().optional(), stock: stock().nullable() }),
);

const fields = lazily(() => ({
  image_id: wireId().nullable().optional(),
  /** Null lets the buyer ask for it. */
  price: price().nullable().optional(),
  /** What is really charged; `price` is then shown struck through. */
  promotional_price: price().nullable().optional(),
  /** For shops with one location; an empty text means unlimited, 0 sold out. */
  stock: z.union([stock(), z.literal('')]).optional(),
  inventory_levels: z.array(inventoryLevel()).min(1).optional(),
  stock_management: z.boolean().optional(),
  weight: measure(),
  width: measure(),
  height: measure(),
  depth: measure(),
  sku: text(),
  barcode: text(),
  mpn: text(),
  age_group: text(),
  gender: text(),
  cost: price().nullable().optional(),
  /** One for each attribute of the product, in their order; the guide's `attributes` do not exist. */
  values: z.array(localised()).max(3).optional(),
}));

const oneStock = (variant: { stock?: unknown; inventory_levels?: unknown }) =>
  variant.stock === undefined || variant.inventory_levels === undefined;
const ONE_STOCK = 'stock is ignored beside inventory_levels: send one of them';

/** A variant as we send it (Nuvemshop reference, product variant page; multi-inventory guide). */
export const variantBody = lazily(() => z.strictObject(fields()).refine(oneStock, ONE_STOCK));
export type VariantBody = z.input<ReturnType<typeof variantBody>>;

export const variantPatch = lazily(() =>
  z.strictObject({ id: wireId(), ...fields() }).refine(oneStock, ONE_STOCK),
);
export type VariantPatch = z.input<ReturnType<typeof variantPatch>>;

/** A variant as it comes. `stock` is the sum of all locations, null when unlimited. */
export const variant = lazily(() =>
  z.looseObject({
    id: idSchema(),
    product_id: idSchema().nullish(),
    sku: z.string().nullish(),
    stock: z.union([z.number(), z.string()]).nullish(),
    values: z.array(z.unknown()).nullish(),
    inventory_levels: z
      .array(
        z.looseObject({
          location_id: idSchema().nullish(),
          stock: z.union([z.number(), z.string()]).nullish(),
        }),
      )
      .nullish(),
    updated_at: z.string().nullish().catch(undefined),
  }),
);
export type Variant = z.output<ReturnType<typeof variant>>;

const MAX_VARIANTS = 1000;

/** Variants of a product (Nuvemshop reference, product variant page). A product without options has one, hidden. */
export function createVariants(requests: Requests, clock: Clock) {
  return {
    /**
     * Adds a variant. Where the answer is lost it is found by its values, which no two variants of a product share, and by its
     * SKU: another variant may be this choice still, and be meant to become another one.
     */
    async create(productId: string, body: VariantBody): Promise<Variant> {
      const operation = 'variants.create';
      const sent = checked(variantBody(), operation, body);
      const below = path`/products/${productId}/variants`;
      return createIdempotently({
        clock,
        findExisting: async () =>
          (await collect(operation, requests.list(variant(), 'variants.list', below))).find(
            (found) => hasValues(found, sent.values ?? []) && (sent.sku ?? found.sku) === found.sku,
          ),
        write: () => requests.post(variant(), operation, below, sent),
      });
    },
    /** Changes the fields that are sent, and only those. */
    async update(productId: string, id: string, body: VariantBody): Promise<Variant> {
      const sent = checked(variantBody(), 'variants.update', body);
      return requests.put(variant(), 'variants.update', path`/products/${productId}/variants/${id}`, sent);
    },
    /** Changes several variants by their ids, and leaves the others alone. */
    async updateMany(productId: string, bodies: readonly VariantPatch[]): Promise<Variant[]> {
      const operation = 'variants.updateMany';
      const sent = checked(z.array(variantPatch()).min(1).max(MAX_VARIANTS), operation, bodies);
      return requests.put(
        z.array(variant()),
        operation,
        path`/products/${productId}/variants`,
        sent,
        'PATCH',
      );
    },
    delete: (productId: string, id: string) =>
      requests.remove('variants.delete', path`/products/${productId}/variants/${id}`),
  };
}

// What we sent as one text for all languages comes back by language.
function hasValues(found: Variant, wanted: readonly (string | Record<string, string | null>)[]): boolean {
  const there = found.values ?? [];
  return there.length === wanted.length && wanted.every((value, index) => contains(there[index], value));
}

function contains(there: unknown, wanted: string | Record<string, string | null>): boolean {
  if (typeof there !== 'object' || there === null) return there === wanted;
  const texts = Object.entries(there);
  return typeof wanted === 'string'
    ? texts.some(([, text]) => text === wanted)
    : Object.entries(wanted).every(([language, text]) =>
        texts.some(([key, own]) => key === language && own === text),
      );
}

/** A field that variants can have. A `text_list` names the values to choose from. */
export const customFieldCreation = lazily(() =>
  z
    .strictObject({
      name: z.string().min(1),
      description: z.string().optional(),
      value_type: z.enum(['text_list', 'text', 'numeric', 'date']),
      read_only: z.boolean().optional(),
      values: z.array(z.string()).optional(),
    })
    .refine(
      ({ value_type, values }) => value_type !== 'text_list' || (values?.length ?? 0) > 0,
      'a text_list needs values',
    ),
);
export type CustomFieldCreation = z.input<ReturnType<typeof customFieldCreation>>;
/** The guide sends `value`; the reference has `values`. */
export const customFieldUpdate = lazily(() => z.strictObject({ values: z.array(z.string()).min(1) }));
/** Null takes the field off the variant. */
export const customFieldValues = lazily(() =>
  z
    .array(z.strictObject({ id: z.string().min(1), value: z.union([z.string(), z.number()]).nullable() }))
    .min(1),
);
export type CustomFieldValues = z.input<ReturnType<typeof customFieldValues>>;

/**
 * A reading has plain texts; the answer to a write has `{ value, created }` of each, with an `error` where it was not made
 * (Nuvemshop reference, variant custom fields page). Such a one is there already, or is refused when a variant is given it.
 */
const choice = lazily(() =>
  z.union([z.string(), z.looseObject({ value: z.string() }).transform(({ value }) => value)]),
);

export const customField = lazily(() =>
  z.looseObject({
    id: idSchema(),
    name: z.string().nullish(),
    /** Of a `text_list`: what there is to choose from. */
    values: z.array(choice()).nullish().catch(undefined),
  }),
);
export type CustomField = z.output<ReturnType<typeof customField>>;

const DEFINITIONS = '/products/variants/custom-fields';

/**
 * Custom fields of variants: what fields there are, and what each variant says in them (Nuvemshop reference, custom
 * fields pages). Only the app that made a definition may change or delete it.
 */
export function createCustomFields(requests: Requests, clock: Clock) {
  const list = () => wholeList(requests, customField(), 'customFields.list', DEFINITIONS);
  return {
    list,
    /** Defines a field. Where the answer is lost it is found by its name. */
    async create(body: CustomFieldCreation): Promise<CustomField> {
      const operation = 'customFields.create';
      const sent = checked(customFieldCreation(), operation, body);
      return createIdempotently({
        clock,
        findExisting: async () => (await list()).find(({ name }) => name === sent.name),
        write: () => requests.post(customField(), operation, DEFINITIONS, sent),
      });
    },
    /** Adds values to choose from: those that are there stay (reference, the example of PUT). */
    async update(id: string, body: z.input<ReturnType<typeof customFieldUpdate>>): Promise<CustomField> {
      const sent = checked(customFieldUpdate(), 'customFields.update', body);
      return requests.put(
        customField(),
        'customFields.update',
        path`/products/variants/custom-fields/${id}`,
        sent,
      );
    },
    /** Sets the values that are sent; the variant's other fields stay. Its path names no product, and its answer is a 204. */
    async setValues(variantId: string, values: CustomFieldValues): Promise<void> {
      const operation = 'customFields.setValues';
      const sent = checked(customFieldValues(), operation, values);
      const below = path`/products/variants/${variantId}/custom-fields/values`;
      await requests.put(z.unknown(), operation, below, sent);
    },
  };
}
