import { skipString } from '../../domain/json-text.ts';

/** Where a value stands in a JSON text: from its first character to behind its last. */
export interface Slice {
  start: number;
  end: number;
}

/** A field of an object: its name as it is written, quotes and escapes included, and where its value stands. */
export interface Field {
  name: string;
  value: Slice;
}

/**
 * The fields of the object that begins at `start`, in their order; a key written twice gives two.
 *
 * Records are kept as the platform wrote them: parsing and writing again would change numbers, duplicate keys and the
 * order of fields. No recursion, so no nesting is too deep.
 *
 * @param text must be valid JSON; the result means nothing otherwise, but the search always ends.
 */
export function fieldsAt(text: string, start: number): Field[] {
  const found: Field[] = [];
  if (text[start] !== '{') return found;
  let at = skipSpace(text, start + 1);
  while (text[at] === '"') {
    const nameEnd = skipString(text, at);
    const name = text.slice(at, nameEnd);
    const from = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = skipValue(text, from);
    found.push({ name, value: { start: from, end } });
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

/** The values of a key in the outermost object. The same rules as for {@link fieldsAt}. */
export function valuesOfKey(text: string, key: string): Slice[] {
  return fieldsAt(text, startOf(text))
    .filter(({ name }) => names(name, key))
    .map(({ value }) => value);
}

/**
 * Whether a key is surely in the text no more than once, at whatever depth. It is at hand without looking at each value, and says no where
 * letters are written as escapes.
 */
export function isWrittenOnce(text: string, key: string): boolean {
  const written = `"${key}"`;
  return text.indexOf(written) === text.lastIndexOf(written) && !/\\u00[2-7]/i.test(text);
}

/** Where the outermost value begins. */
export const startOf = (text: string): number => skipSpace(text, 0);

/** The elements of the array that begins at `start`. The same rules as for {@link fieldsAt}. */
export function elementsAt(text: string, start: number): Slice[] {
  const elements: Slice[] = [];
  if (text[start] !== '[') return elements;
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== ']') {
    const end = skipValue(text, at);
    elements.push({ start: at, end });
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return elements;
}

function names(written: string, key: string): boolean {
  if (!written.includes('\\')) return written === `"${key}"`;
  try {
    return JSON.parse(written) === key;
  } catch {
    return false;
  }
}

function skipValue(text: string, start: number): number {
  if (text[start] === '"') return skipString(text, start);
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = skipString(text, at);
      continue;
    }
    if (depth === 0 && (character === ',' || character === ']' || character === '}'))
      return Math.max(at, start + 1);
    if (character === '{' || character === '[') depth += 1;
    at += 1;
    if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at;
    } else if (depth === 0 && isSpace(text.charCodeAt(at))) return at;
  }
  return at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
