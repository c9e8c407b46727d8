import { isObject } from '../../../domain/json-object.ts';
import { listOf } from '../../reading/forms.ts';

/** A field with a name, of a form or of the merchant's own. */
export interface NamedText {
  id?: string;
  name: string;
  value: string;
}

/**
 * Names and values, whichever way they are written: objects with a name and a value, one object from names to values, JSON of
 * either in a text, or a text alone.
 *
 * @param alone the name of a text that has none
 */
export function namedTextsOf(value: unknown, alone?: string): NamedText[] {
  if (typeof value === 'string') {
    const inside = jsonIn(value);
    return inside === undefined ? named(alone, undefined, value) : namedTextsOf(inside, alone);
  }
  if (isObject(value) && listOf(value).length === 0) {
    return nameIn(value) !== undefined && value.value !== undefined
      ? namedIn(value)
      : Object.entries(value).flatMap(([name, one]) => named(name, undefined, one));
  }
  return listOf(value).flatMap((one) => (isObject(one) ? namedIn(one) : named(alone, undefined, one)));
}

/** Where a value may stand, besides in `value`. */
const CONTENTS = ['value', 'values', 'text', 'content', 'answer', 'option', 'selected'] as const;

/** What one entry of a list says: an unnamed value goes by its id, and an entry of another form is names and values itself. */
function namedIn(entry: Record<string, unknown>): NamedText[] {
  const id = plainText(entry.id);
  const name = nameIn(entry);
  const value = CONTENTS.map((key) => entry[key]).find((one) => one !== undefined);
  if (name !== undefined || value !== undefined) return named(name ?? id, id, value);
  return Object.entries(entry).flatMap(([key, one]) => (key === 'id' ? [] : named(key, undefined, one)));
}

const nameIn = ({ name, key, label, title }: Record<string, unknown>): string | undefined =>
  [name, key, label, title].map(textOf).find(Boolean);

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function named(name: string | undefined, id: string | undefined, value: unknown): NamedText[] {
  const said = valueText(value);
  if (!name || !said) return [];
  return [{ ...(id ? { id } : {}), name: name.toWellFormed(), value: said }];
}

/** As `es` or `pt_BR`. */
const LANGUAGE = /^[a-z]{2}([_-][a-z]{2})?$/i;

/** A text of one language, or the first of several that says something. */
export function textOf(value: unknown): string | undefined {
  if (!isObject(value)) return plainText(value) || undefined;
  const languages = Object.keys(value).filter((key) => LANGUAGE.test(key) && key !== 'id');
  const keys = languages.length > 0 ? languages : Object.keys(value).filter((key) => key !== 'id');
  return keys.map((key) => plainText(value[key])).find(Boolean);
}

/** What the buyer chose of a product: a list, one text alone, or one object of names and values. */
export function variantTextsOf(value: unknown): string[] {
  const list = listOf(value);
  const isOne = isObject(value) && Object.keys(value).every((key) => key === 'id' || LANGUAGE.test(key));
  const chosen = list.length > 0 ? list : isObject(value) && !isOne ? Object.values(value) : [value];
  return chosen
    .map((one) => (isObject(one) ? textOf(one.value ?? one) : textOf(one)))
    .filter((one) => one !== undefined);
}

/** The texts of a value, at any depth that a form has. */
function valueText(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return plainText(value);
  if (depth > 3) return undefined;
  const inner = Object.values(value).map((one) => valueText(one, depth + 1));
  return inner.filter(Boolean).join(', ');
}

/** A text as the table can hold it; numbers and truth values as they are written. */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return String(value).toWellFormed().trim();
}

/** What the platform writes where the buyer said nothing (Nuvemshop reference, order page, default values). */
const FILLER = /^(?:(?:na?o informado\s*)+|not-provided|email@na?oinformado\.com|0{4,})$/i;
const ASCII = /^[\x20-\x7e]*$/;

/** A text that says something of somebody: nobody lives in "No informado". */
export function filled(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  const plain = ASCII.test(trimmed) ? trimmed : trimmed.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return trimmed === '' || FILLER.test(plain) ? undefined : trimmed;
}
