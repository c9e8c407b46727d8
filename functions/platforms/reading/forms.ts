import * as z from 'zod';
import { isObject } from '../../domain/json-object.ts';
import { lazily } from '../../domain/lazily.ts';
import { boundedQuantity } from './amounts.ts';

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
  if (isObject(value) && Object.keys(value).length === 0) return [];
  const list = asList(value);
  return (Array.isArray(list) ? list : [list]).filter((one) => one !== null);
}

/** An object; some senders write an empty one as an empty list or text. */
export const object = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.preprocess(
    (value) => (value === '' || (Array.isArray(value) && value.length === 0) ? undefined : value),
    z.object(shape).nullish(),
  );

const YES = new Set<unknown>([true, 1, '1', 'true']);
const NO = new Set<unknown>([false, 0, '0', 'false']);

/** A truth value, also as a number or a text says it. */
export const flag = lazily(() =>
  z.preprocess((value) => {
    const said = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (said === '') return undefined;
    if (YES.has(said)) return true;
    return NO.has(said) ? false : value;
  }, z.boolean().nullish()),
);

/** A count or a weight, also as a text with either decimal sign; undefined where nothing is said. */
export const measure = lazily(() =>
  z
    .union([
      z.number(),
      z
        .string()
        .trim()
        // Three digits behind a comma may be thousands, unless nothing stands before it.
        .regex(/^(\d{1,12}(\.\d{1,18})?|\d{1,12},(\d{1,2}|\d{4,18})|0,\d{1,18})?$/)
        .transform((said) => (said === '' ? undefined : Number(said.replace(',', '.')))),
    ])
    .nullish()
    .transform((said, context) => {
      if (said === null || said === undefined) return undefined;
      const bounded = boundedQuantity(said);
      if (bounded !== undefined) return bounded;
      context.addIssue({ code: 'custom', message: 'Too large, too small or below zero for a quantity' });
      return z.NEVER;
    }),
);
