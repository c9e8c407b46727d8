import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { isObject } from '../../domain/json-object.ts';
import { lazily } from '../../domain/lazily.ts';
import { parseJson, strictTextOf } from '../../http/answer.ts';
import { asList } from '../reading/forms.ts';
import { elementsAt, fieldsAt, type Slice, startOf, valuesOfKey } from '../reading/json-slices.ts';

/**
 * A record of `newOrders`. The guide names its three parts only; the fields inside were read off the one known client, so
 * all of them are optional and anything else is let through (it stays in the raw bytes).
 */

const plain = lazily(() => z.union([z.string(), z.number().transform(String)]));
/** A text; of an object with a name, such as a city, its name. */
const text = lazily(() =>
  z
    .union([
      plain(),
      z
        .object({ nombre: plain().nullish(), name: plain().nullish() })
        .transform(({ nombre, name }) => nombre ?? name ?? undefined),
    ])
    .nullish(),
);
const amount = lazily(() => z.union([z.number(), z.string()]).nullish());

const product = lazily(() =>
  z.object({
    /** Used as the SKU. */
    code: text(),
    name: text(),
    quantity: amount(),
    unit_price: amount(),
    /** The price before a reduction of it. */
    unit_price_before: amount(),
  }),
);
export type ImotrizProduct = z.output<ReturnType<typeof product>>;

const buyer = lazily(() =>
  z.object({ name: text(), email: text(), mobile: text(), address: text(), city: text() }),
);
export type ImotrizBuyer = z.output<ReturnType<typeof buyer>>;

const isProduct = (value: object): boolean =>
  Object.keys(product().shape).some((key) => Object.hasOwn(value, key));

/** Products, also as one alone, or as an object of them by number or name. */
function productsIn(value: unknown): unknown {
  if (!isObject(value)) return value;
  const values = Object.values(value);
  const named = values.length > 0 && values.every((one) => isObject(one) && isProduct(one));
  return named || Object.keys(value).length === 0 ? values : isProduct(value) ? [value] : asList(value);
}

export const imotrizRecordSchema = lazily(() =>
  z.object({
    order: z.custom<Record<string, unknown>>(isObject, 'Invalid input: expected object'),
    products: z.preprocess(productsIn, z.array(product())),
    buyer: z.preprocess(
      (value) => (Array.isArray(value) ? (value.find(isObject) ?? value) : value),
      buyer().nullish(),
    ),
  }),
);

export const imotrizOrderAmounts = lazily(() => z.object({ total: amount() }));

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

/** A text or whole number as an id; undefined for anything else, and for 0: orders without an id must not share a row. */
export function idText(value: unknown): string | undefined {
  const written = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const id = typeof written === 'string' ? written.trim() : '';
  return id === '' || id === '0' || id.length > 128 ? undefined : id;
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

/** The numbers that come with a page; what it does not say in a way that can be read is absent. */
export interface PageMetadata {
  found?: number;
  returned?: number;
  /** A run goes on while it is above 0. */
  pending?: number;
}

/** One record as the platform wrote it. `ok: false`: it alone cannot be parsed, the others of its page can. */
export type PageRecord =
  | { ok: true; index: number; raw: string; json: unknown }
  | { ok: false; index: number; raw: string; problem: string };

/** What a page's bytes hold, or why they hold no page. Warnings and problems name fields and types, never values. */
export type PageReading =
  | { ok: true; records: PageRecord[]; metadata: PageMetadata; warnings: string[] }
  | { ok: false; reason: 'not-json' | 'broken-envelope'; problem: string };

/**
 * Reads the bytes that `newOrders` handed out. Reading is destructive, so records are taken wherever they stand, and one bad
 * record does not cost the others.
 *
 * `data` should be an array and `metadata` hold three numbers not below 0, which may be strings (transactions guide).
 * Nothing at all, a bare empty list, object or null, `data` without anything in it, and a page that says that it returns
 * nothing are empty.
 * Records that are named, in a list further in, in a bare list or alone are taken with a warning, and so is a page whose
 * `metadata` is odd. A page that announces records and has none is broken: they may be lost. Bytes that are not UTF-8 are
 * read as windows-1252 with a warning. Never throws, whatever the bytes.
 */
export function readPage(bytes: Uint8Array): PageReading {
  const { text, warnings } = decode(bytes);
  if (text.trim() === '') return { ok: true, records: [], metadata: {}, warnings };
  let json: unknown;
  try {
    // Only the envelope is judged here; this parser stands any nesting, and the records are parsed one by one below.
    json = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'not-json', problem: `${bytes.byteLength} bytes that are not JSON` };
  }
  const found = findRecords(text, json);
  const { metadata, odd } = readMetadata(json);
  if ('problem' in found) {
    if (found.mayBeEmpty && metadata.returned === 0) return { ok: true, records: [], metadata, warnings };
    return { ok: false, reason: 'broken-envelope', problem: found.problem };
  }
  const records = found.slices.map(({ start, end }, index) => readRecord(text.slice(start, end), index));
  if (records.length === 0 && (metadata.returned ?? 0) > 0) {
    const problem = `metadata announces ${metadata.returned} records, the page holds none`;
    return { ok: false, reason: 'broken-envelope', problem };
  }
  const about = [...found.warnings, ...(records.length > 0 ? odd : []), ...oddities(records, metadata)];
  return { ok: true, records, metadata, warnings: [...warnings, ...about] };
}

/** The same for pages that hold the same records, whatever their metadata says; undefined for an empty one. */
export function contentsOf(records: readonly PageRecord[]): string | undefined {
  if (records.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const { raw } of records) hash.update(raw, 'utf8').update('\n');
  return hash.digest('hex');
}

function decode(bytes: Uint8Array): { text: string; warnings: string[] } {
  const text = strictTextOf(bytes);
  if (text !== undefined) return { text, warnings: [] };
  return {
    text: new TextDecoder('windows-1252').decode(bytes),
    warnings: ['the page is not UTF-8 and was read as windows-1252'],
  };
}

/** `mayBeEmpty`: nothing that could be a record stands where records belong. */
type Found = { slices: Slice[]; warnings: string[] } | { problem: string; mayBeEmpty?: boolean };

/** Where the records of a page stand in its text. */
function findRecords(text: string, json: unknown): Found {
  const start = startOf(text);
  if (Array.isArray(json)) {
    const warnings = json.length > 0 ? ['the page is a bare list, without metadata'] : [];
    return { slices: elementsAt(text, start), warnings };
  }
  if (json === null || json === '' || isEmptyObject(json)) return { slices: [], warnings: [] };
  if (!isObject(json)) return { problem: 'the whole: neither an object nor a list' };
  const [data, ...more] = valuesOfKey(text, 'data');
  if (data === undefined)
    return isRecord(json)
      ? { slices: [{ start, end: text.trimEnd().length }], warnings: ['the page is a single record'] }
      : { problem: 'data is missing', mayBeEmpty: Object.keys(json).every((key) => key === 'metadata') };
  // A parser keeps the last and forgets the others, and with them orders that are never handed out again.
  if (more.length > 0) return { problem: 'data occurs more than once' };
  if (json.data === null) return { slices: [], warnings: [] };
  if (Array.isArray(json.data)) return { slices: elementsAt(text, data.start), warnings: [] };
  if (!isObject(json.data))
    return { problem: 'data: neither a list nor an object', mayBeEmpty: !json.data || json.data === '[]' };
  return findInObject(text, data, json.data);
}

const isEmptyObject = (json: unknown): boolean => isObject(json) && Object.keys(json).length === 0;
const isRecord = (json: unknown): boolean => isObject(json) && isObject(json.order);

function findInObject(text: string, data: Slice, json: Record<string, unknown>): Found {
  const fields = fieldsAt(text, data.start);
  if (fields.length === 0) return { slices: [], warnings: [] };
  const slices = fields.map(({ value }) => value);
  if (fields.every(({ name }) => /^"\d{1,9}"$/.test(name)))
    return { slices, warnings: ['data is an object of records by number, not a list'] };
  if (isRecord(json)) return { slices: [data], warnings: ['data is a single record, not a list'] };
  if (Object.values(json).every(isRecord))
    return { slices, warnings: ['data is an object of records by name, not a list'] };
  const lists = slices.filter(({ start }) => text[start] === '[');
  const [list] = lists;
  if (list !== undefined && lists.length === 1)
    return { slices: elementsAt(text, list.start), warnings: ['data holds the list of records further in'] };
  return { problem: 'data: an object that holds no records' };
}

const count = lazily(() =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\s*\d{1,9}\s*$/)
        .transform(Number),
    ])
    .pipe(z.int().nonnegative()),
);

const NUMBERS = {
  found: 'total_transactions_found',
  returned: 'returned_transactions',
  pending: 'pending_transactions',
} as const satisfies Record<keyof PageMetadata, string>;

/** Each number by itself: an odd one does not cost the others. */
function readMetadata(json: unknown): { metadata: PageMetadata; odd: string[] } {
  const given = isObject(json) ? json.metadata : undefined;
  if (!isObject(given)) return { metadata: {}, odd: isObject(json) ? ['metadata is no object'] : [] };
  const metadata: PageMetadata = {};
  const odd: string[] = [];
  for (const [name, field] of Object.entries(NUMBERS) as [keyof PageMetadata, string][]) {
    const read = count().safeParse(Object.hasOwn(given, field) ? given[field] : undefined);
    if (read.success) metadata[name] = read.data;
    else odd.push(`metadata.${field} is no number of orders`);
  }
  return { metadata, odd };
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

function oddities(records: readonly PageRecord[], { returned }: PageMetadata): string[] {
  const warnings: string[] = [];
  if (records.length > DOCUMENTED_PAGE_SIZE) {
    warnings.push(
      `the page holds ${records.length} records, more than the documented ${DOCUMENTED_PAGE_SIZE}`,
    );
  }
  if (returned !== undefined && records.length !== returned) {
    warnings.push(`metadata announces ${returned} records, the page holds ${records.length}`);
  }
  return warnings;
}
