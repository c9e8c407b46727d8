import * as z from 'zod';
import { isObject } from '../../domain/json-object.ts';

/** A list; some senders write one with gaps as an object of its elements by number. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : [];
}

/** The same list where it was written by number; anything else as it came. */
export const asList = (value: unknown): unknown =>
  isObject(value) && listOf(value).length > 0 ? listOf(value) : value;

/** Entries of a list that may be written by number, or of which the only one stands alone; empty places are none. */
export function entriesOf(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined;
  const list = asList(value);
  return (Array.isArray(list) ? list : [list]).filter((one) => one !== null);
}

const YES = new Set<unknown>([true, 1, '1', 'true']);
const NO = new Set<unknown>([false, 0, '0', 'false']);

/** A truth value, also as a number or a text says it. */
export const flag = z.preprocess((value) => {
  const said = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (said === '') return undefined;
  if (YES.has(said)) return true;
  return NO.has(said) ? false : value;
}, z.boolean().nullish());
