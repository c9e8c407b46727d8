/** A field with a name, of a form or of the merchant's own. */
export interface NamedText {
  id?: string;
  name: string;
  value: string;
}

/** A list of the platform; PHP writes one with gaps as an object. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  return keys.every((key) => /^\d+$/.test(key)) ? Object.values(value) : [];
}

/**
 * Names and values, whichever way they are written: objects with `name` (or `key`) and `value`, or one object from names to
 * values. What is no text has none.
 */
export function namedTextsOf(value: unknown): NamedText[] {
  if (isObject(value) && listOf(value).length === 0)
    return Object.entries(value).flatMap(([name, one]) => named(name, undefined, one));
  return listOf(value).flatMap((one) => {
    if (!isObject(one)) return [];
    const name = plainText(one.name) || plainText(one.key);
    return named(name, plainText(one.id), one.value);
  });
}

function named(name: string | undefined, id: string | undefined, value: unknown): NamedText[] {
  const said = valueText(value);
  if (!name || !said) return [];
  return [{ ...(id ? { id } : {}), name, value: said }];
}

/** A text of one language, or the first of several that says something. */
export function textOf(value: unknown): string | undefined {
  const text = isObject(value) ? Object.values(value).map(plainText).find(Boolean) : plainText(value);
  return text || undefined;
}

function valueText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join(', ');
  return plainText(value);
}

/** A text as the table can hold it; numbers and truth values as they are written. */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return String(value).toWellFormed().trim();
}

/** What the platform writes where the buyer said nothing (Nuvemshop reference, order page, default values). */
const FILLER = /^(?:(?:na?o informado\s*)+|email@na?oinformado\.com|0{4,})$/;

/** A text that says something of somebody: nobody lives in "No informado". */
export function filled(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  const plain = trimmed.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return trimmed === '' || FILLER.test(plain) ? undefined : trimmed;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
