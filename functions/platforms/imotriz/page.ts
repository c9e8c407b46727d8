import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../../domain/order-row.ts';
import { parseJson } from '../../http/answer.ts';
import { strictTextOf } from '../../runtime/text.ts';
import { elementsAt, valuesOfKey } from '../reading/json-slices.ts';
import { describe } from '../reading/tolerant-reader.ts';

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
});
export type ImotrizProduct = z.output<typeof product>;

const buyer = z.object({ name: text, email: text, mobile: text, address: text, city: text });
export type ImotrizBuyer = z.output<typeof buyer>;

const isObject = (value: unknown): value is Record<string, unknown> =>
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
  return !(top === 'products' && path.at(-1) === 'name');
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

/** The most records the guide says a page holds. */
const DOCUMENTED_PAGE_SIZE = 30;

/** The numbers that come with a page; a run goes on while `pending` is above 0. */
export interface PageMetadata {
  found: number;
  returned: number;
  pending: number;
}

/** One record as the platform wrote it. `ok: false`: it alone cannot be parsed, the others of its page can. */
export type PageRecord =
  | { ok: true; index: number; raw: string; json: unknown }
  | { ok: false; index: number; raw: string; problem: string };

/** What a page's bytes hold, or why they hold no page. Warnings and problems name fields and types, never values. */
export type PageReading =
  | { ok: true; records: PageRecord[]; metadata: PageMetadata; warnings: string[] }
  | { ok: false; reason: 'not-json' | 'broken-envelope'; problem: string };

const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .pipe(z.number().int().nonnegative());

const envelope = z.object({
  data: z.array(z.unknown()),
  metadata: z
    .object({ total_transactions_found: count, returned_transactions: count, pending_transactions: count })
    .transform(
      (numbers): PageMetadata => ({
        found: numbers.total_transactions_found,
        returned: numbers.returned_transactions,
        pending: numbers.pending_transactions,
      }),
    ),
});

/**
 * Reads the bytes that `newOrders` handed out: strict about the envelope, because what it says steers a destructive read,
 * and indifferent to what a record holds, because one bad record must not cost the others.
 *
 * `data` must be an array and `metadata` hold three numbers not below 0, which may be strings (transactions guide). More
 * than 30 records are taken with a warning. Bytes that are not UTF-8 are read as windows-1252 with a warning. Never
 * throws, whatever the bytes.
 */
export function readPage(bytes: Uint8Array): PageReading {
  const { text, warnings } = decode(bytes);
  let json: unknown;
  try {
    // Only the envelope is judged here; this parser stands any nesting, and the records are parsed one by one below.
    json = JSON.parse(text);
  } catch {
    const problem =
      bytes.byteLength === 0 ? 'the page is empty' : `${bytes.byteLength} bytes that are not JSON`;
    return { ok: false, reason: 'not-json', problem };
  }
  const read = envelope.safeParse(json);
  if (!read.success) return { ok: false, reason: 'broken-envelope', problem: describe(read.error.issues) };
  const [data, ...more] = valuesOfKey(text, 'data');
  if (data === undefined || more.length > 0) {
    // A parser keeps the last and forgets the others, and with them orders that are never handed out again.
    return { ok: false, reason: 'broken-envelope', problem: 'data occurs more than once' };
  }
  const records = elementsAt(text, data.start).map(({ start, end }, index) =>
    readRecord(text.slice(start, end), index),
  );
  return {
    ok: true,
    records,
    metadata: read.data.metadata,
    warnings: [...warnings, ...oddities(records, read.data)],
  };
}

function decode(bytes: Uint8Array): { text: string; warnings: string[] } {
  const text = strictTextOf(bytes);
  if (text !== undefined) return { text, warnings: [] };
  return {
    text: new TextDecoder('windows-1252').decode(bytes),
    warnings: ['the page is not UTF-8 and was read as windows-1252'],
  };
}

/** Reads one record. Never throws, whatever the text. */
export function readRecord(raw: string, index: number): PageRecord {
  try {
    return { ok: true, index, raw, json: parseJson(raw) };
  } catch (error) {
    const problem = error instanceof RangeError ? 'nested too deeply' : 'the bytes are not JSON';
    return { ok: false, index, raw, problem };
  }
}

function oddities(records: readonly PageRecord[], { metadata }: z.output<typeof envelope>): string[] {
  const warnings: string[] = [];
  if (records.length > DOCUMENTED_PAGE_SIZE) {
    warnings.push(
      `the page holds ${records.length} records, more than the documented ${DOCUMENTED_PAGE_SIZE}`,
    );
  }
  if (records.length !== metadata.returned) {
    warnings.push(`metadata announces ${metadata.returned} records, the page holds ${records.length}`);
  }
  return warnings;
}
