/** The largest item that DynamoDB takes, in bytes (developer guide, "Quotas": 400 KB, names of attributes included). */
export const MAX_ITEM_BYTES = 400 * 1024;

/** A list or map costs this much, and each of its entries one more. (Developer guide, "DynamoDB item sizes and formats".) */
const COLLECTION_BYTES = 3;
/** The guide says "approximately" of numbers; the most that one takes is 38 digits, sign and exponent. */
const MOST_DIGITS = 38;

/**
 * The size of an item in bytes, by the service's own rules: text in UTF-8, a number by its digits, names of attributes as
 * text. Values are those of the document client. What is undefined is not stored.
 */
export function itemBytes(item: object): number {
  let size = 0;
  for (const [name, value] of Object.entries(item))
    if (value !== undefined) size += Buffer.byteLength(name) + valueBytes(value);
  return size;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value))
    return value.reduce<number>((sum, one) => sum + 1 + valueBytes(one), COLLECTION_BYTES);
  const entries = Object.values(value).filter((one) => one !== undefined).length;
  return COLLECTION_BYTES + entries + itemBytes(value);
}

/** Two digits take a byte, the number two more, a minus sign one; zeros at either end take none. */
function numberBytes(value: number): number {
  if (value === 0) return 1;
  const digits = Math.abs(value).toExponential().replace(/e.*$/, '').replace('.', '').replace(/0+$/, '');
  return Math.ceil(Math.min(digits.length, MOST_DIGITS) / 2) + (value < 0 ? 3 : 2);
}

/** Whether an item is so small that nobody has to count: no value takes more than three bytes for a character of its JSON. */
export const surelyFits = (item: object): boolean => 3 * JSON.stringify(item).length <= MAX_ITEM_BYTES;

/**
 * Where an item holds a number that DynamoDB or its client refuses, as a path; undefined when it holds none. They take
 * whole numbers up to 2^53, and none smaller than 1e-130. (Developer guide, "Naming rules and data types".)
 */
export function unstorableNumber(value: unknown, path: readonly string[] = []): string | undefined {
  if (typeof value === 'number') return isStorable(value) ? undefined : path.join('.');
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = unstorableNumber(inner, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isStorable = (value: number): boolean =>
  value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
