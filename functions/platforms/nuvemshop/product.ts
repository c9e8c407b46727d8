import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { MirrorReading } from '../../domain/mirror-row.ts';
import {
  MOST_STOCK,
  type Product,
  type ProductVariant,
  productSchema,
  type StockLevel,
} from '../../domain/product.ts';
import { type Amounts, createAmounts } from '../reading/amounts.ts';
import { entriesOf, flag, listOf } from '../reading/forms.ts';
import { describe } from '../reading/issue-texts.ts';
import { omitUndefined, readTolerantly, shorten } from '../reading/tolerant-reader.ts';
import { amount, text, time } from './order/fields.ts';
import { idSchema, numericIdSchema } from './order/schema.ts';
import { latest, readOrderTime } from './order/times.ts';

/** Texts by language; what is no such object is read as a text of no language. */
const localised = lazily(() =>
  z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .nullish()
    .transform((value) => (typeof value === 'string' ? { und: value } : value)),
);

/** Null says something here, an absent one does not. */
const stock = lazily(() => z.union([z.string(), z.number(), z.null()]).optional());

const level = lazily(() => z.object({ location_id: idSchema().nullish(), stock: stock() }));

const variant = lazily(() =>
  z.object({
    id: numericIdSchema(),
    sku: text(),
    barcode: text(),
    price: amount(),
    promotional_price: amount(),
    cost: amount(),
    stock: stock(),
    inventory_levels: z.preprocess(entriesOf, z.array(level()).optional()),
    values: z.preprocess(entriesOf, z.array(localised()).optional()),
    updated_at: time(),
  }),
);
type Variant = z.output<ReturnType<typeof variant>>;

/** A product as `GET /products/{id}` gives it (Nuvemshop reference, product and product variant pages). */
const schema = lazily(() =>
  z.object({
    id: numericIdSchema(),
    name: localised(),
    published: flag(),
    visibility: z.string().nullish(),
    variants: z.preprocess((value) => listOf(value), z.array(variant())),
    categories: z.preprocess(
      entriesOf,
      z.array(z.object({ id: numericIdSchema(), name: localised() })).optional(),
    ),
    created_at: time(),
    updated_at: time(),
  }),
);

/** A product without its variants is none: they hold what is sold, and at what price. */
const isRequired = ([head, , field]: readonly PropertyKey[]): boolean =>
  head === undefined || head === 'id' || (head === 'variants' && (field === undefined || field === 'id'));

/**
 * Makes the normalised product of Nuvemshop's product object. Never throws, whatever the JSON.
 *
 * @param currency of the store: no product names it
 */
export function normaliseNuvemshopProduct(
  json: unknown,
  { storeId, currency }: { storeId: string; currency: string },
): MirrorReading<Product> {
  const refuse = (problem: string) => refusal(json, problem);
  const reading = readTolerantly(schema(), json, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const source = reading.value;
  const amounts = createAmounts(currency);
  amounts.warnings.push(...reading.warnings);
  const variants = source.variants.map((one, index) => variantOf(one, `variants.${index}`, amounts));
  const { id, name, categories } = source;
  const product = omitUndefined<Product>({
    platform: 'nuvemshop',
    storeId,
    platformProductId: id,
    title: textsOf(name),
    ...statusOf(source),
    variants,
    categories: categories?.map((one) => omitUndefined({ categoryId: one.id, title: textsOf(one.name) })),
    platformCreatedAt: readOrderTime(source.created_at),
    platformUpdatedAt: latest(
      [source.updated_at, ...source.variants.map(({ updated_at }) => updated_at)].map(readOrderTime),
    ),
    warnings: shorten(amounts.warnings),
  });
  const checked = productSchema().safeParse(product);
  return checked.success
    ? { ok: true, said: checked.data }
    : refuse(describe(checked.error.issues, productSchema()));
}

/** Why a thing's JSON is refused, with its id where that can be read. */
export function refusal(json: unknown, problem: string): Extract<MirrorReading<never>, { ok: false }> {
  const named = z.object({ id: numericIdSchema() }).safeParse(json);
  return {
    ok: false,
    reason: 'schema-mismatch',
    problem,
    ...(named.success ? { id: named.data.id } : {}),
  };
}

/** What cannot be found in the shop is not sold there; what is not listed in it, but has an address, is. */
function statusOf({
  published,
  visibility,
}: z.output<ReturnType<typeof schema>>): Pick<Product, 'status' | 'platformStatus'> {
  const word = visibility?.trim().toLowerCase();
  if (word === 'visible' || word === 'unlisted' || word === 'hidden')
    return { status: word === 'hidden' ? 'inactive' : 'active', platformStatus: word };
  if (published === true) return { status: 'active', platformStatus: word ?? 'published' };
  if (published === false) return { status: 'inactive', platformStatus: word ?? 'not published' };
  return { status: 'unknown', ...(word === undefined ? {} : { platformStatus: word }) };
}

function variantOf(source: Variant, path: string, amounts: Amounts): ProductVariant {
  const moneyOf = (value: Variant['price'], field: string) => {
    const minor = amounts.readOptional(value, `${path}.${field}`);
    return minor === undefined ? undefined : { amount: minor, currency: amounts.currency };
  };
  const { inventory_levels: levels, values } = source;
  return omitUndefined<ProductVariant>({
    platformVariantId: source.id,
    sku: source.sku?.trim() || undefined,
    barcode: source.barcode?.trim() || undefined,
    values: values?.map((value) => textsOf(value) ?? {}),
    price: moneyOf(source.price, 'price'),
    promotionalPrice: moneyOf(source.promotional_price, 'promotional_price'),
    cost: moneyOf(source.cost, 'cost'),
    stock: stockOf(source.stock, `${path}.stock`, amounts),
    locations: levels?.flatMap(({ location_id: locationId, stock: there }, index) => {
      const read = stockOf(there, `${path}.inventory_levels.${index}.stock`, amounts);
      return locationId && read !== undefined ? [{ locationId, stock: read }] : [];
    }),
  });
}

/** Null, or an empty text, is unlimited, and 0 sold out (reference, product variant page). */
function stockOf(value: Variant['stock'], path: string, { warnings }: Amounts): StockLevel | undefined {
  if (value === undefined) return undefined;
  if (value === null || (typeof value === 'string' && value.trim() === '')) return { kind: 'unlimited' };
  const quantity =
    typeof value === 'number' ? value : /^\s*-?\d{1,10}(\.0+)?\s*$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isInteger(quantity) && Math.abs(quantity) <= MOST_STOCK) return { kind: 'counted', quantity };
  warnings.push(`left out: ${path}: not a whole number of units`);
  return undefined;
}

function textsOf(value: Record<string, unknown> | null | undefined): Record<string, string> | undefined {
  if (value === null || value === undefined) return undefined;
  const said = Object.entries(value).flatMap(([language, one]): [string, string][] =>
    typeof one === 'string' && one !== '' ? [[language, one.toWellFormed()]] : [],
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
