import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../../domain/order-row.ts';

/**
 * A record of `newOrders`. The guide names its three parts only; the fields inside were read off the one known client, so
 * all of them are optional and anything else is let through (it stays in the raw bytes).
 */

const text = z.union([z.string(), z.number().transform(String)]).nullish();
const amount = z.union([z.number(), z.string()]).nullish();

const product = z.object({
  /** Used as the SKU. */
  code: text,
  name: text,
  quantity: amount,
  unit_price: amount,
  /** The price before a reduction of it. */
  unit_price_before: amount,
});
export type ImotrizProduct = z.output<typeof product>;

const buyer = z.object({ name: text, email: text, mobile: text, address: text, city: text });
export type ImotrizBuyer = z.output<typeof buyer>;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const imotrizRecordSchema = z.object({
  order: z.custom<Record<string, unknown>>(isObject, 'Invalid input: expected object'),
  products: z.array(product),
  buyer: buyer.nullish(),
});

export const imotrizOrderAmounts = z.object({ total: amount });

/** The parts of the envelope's entries and whatever amounts to money; the rest is decoration. */
export function isRequired(path: readonly PropertyKey[]): boolean {
  const [top] = path;
  if (top === 'buyer') return false;
  const field = path.at(-1);
  return !(top === 'products' && (field === 'name' || field === 'unit_price_before'));
}

/**
 * The id of an order: the first of the configured keys that holds a text or a whole number, in `order`, else beside it.
 * iMotriz does not publish the name of its id.
 */
export function readOrderId(record: unknown, idKeys: readonly string[]): string | undefined {
  if (!isObject(record)) return undefined;
  const places = [Object.hasOwn(record, 'order') ? record.order : undefined, record].filter(isObject);
  for (const place of places) {
    for (const key of idKeys) {
      const id = Object.hasOwn(place, key) ? idText(place[key]) : undefined;
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

/** A text or whole number as an id; undefined for anything else. */
export function idText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  const trimmed = typeof value === 'string' ? value.trim() : '';
  return trimmed === '' || trimmed.length > 128 ? undefined : trimmed;
}

const SYNTHETIC = 'synthetic-';

/**
 * An id for a record that has none: `synthetic-` and the SHA-256 (hex) of its canonical JSON, so that the same record
 * always meets the same row, in whatever order its keys come. Text (a record that cannot be parsed) is hashed as it is.
 */
export function syntheticId(record: unknown): string {
  const text = typeof record === 'string' ? record : canonicalJson(record);
  return `${SYNTHETIC}${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

export const isSyntheticId = (id: string): boolean => id.startsWith(SYNTHETIC);
