import type * as z from 'zod';
import { type Order, orderSchema } from '../../domain/order.ts';
import { describe, textOfIssue } from './issue-texts.ts';

/** What a platform's JSON is once it went through a schema, or why not. Texts name paths and types, never values. */
export type TolerantReading<T> = { ok: true; value: T; warnings: string[] } | { ok: false; problem: string };

type Path = readonly PropertyKey[];

const MAX_WARNINGS = 30;

/**
 * Reads a platform's JSON so that a surprise in a decoration does not cost the order: fields that do not fit the schema
 * are left out with a warning, unless they are vital (ids, states, amounts), for which a guess would be worse than a
 * person's look. Never throws, whatever the JSON. The work grows with the JSON, however many of its fields are odd.
 *
 * @param required says whether the order is worthless when the field at this path is wrong.
 */
export function readTolerantly<S extends z.ZodType>(
  schema: S,
  json: unknown,
  required: (path: Path) => boolean,
): TolerantReading<z.output<S>> {
  const first = parse(schema, json);
  if (first === undefined) return { ok: false, problem: TOO_ODD };
  if (first.success) return { ok: true, value: first.data, warnings: [] };
  const { issues } = first.error;
  const grave = issues.filter((issue) => required(issue.path));
  if (grave.length > 0) return { ok: false, problem: describe(grave, schema) };
  const second = parse(schema, without(json, markedBy(issues)));
  if (second === undefined) return { ok: false, problem: TOO_ODD };
  if (!second.success) return { ok: false, problem: describe(second.error.issues, schema) };
  return {
    ok: true,
    value: second.data,
    warnings: issues.map((issue) => `left out: ${textOfIssue(issue, schema)}`),
  };
}

const TOO_ODD = 'more fields of wrong types than can be listed';

/** Undefined where there are so many issues that the schema's own list of them overflows the stack. */
function parse<S extends z.ZodType>(schema: S, json: unknown): z.ZodSafeParseResult<z.output<S>> | undefined {
  try {
    return schema.safeParse(json);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Warnings in a number that a row can carry: an order of ten thousand odd items must not outgrow its row. */
export function shorten(warnings: readonly string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) return [...warnings];
  return [...warnings.slice(0, MAX_WARNINGS), `and ${warnings.length - MAX_WARNINGS} more warnings`];
}

/** The fields to leave out, as a tree of their paths. */
type Marks = Map<PropertyKey, Marks | 'left out'>;

/** Marks the named field that holds each path's end: an element's array goes as a whole, so that indices stay true. */
function markedBy(issues: readonly z.core.$ZodIssue[]): Marks | 'left out' {
  const root: Marks = new Map();
  for (const { path } of issues) {
    const end = path.findLastIndex((key) => typeof key === 'string');
    if (end === -1) return 'left out';
    mark(root, path.slice(0, end + 1));
  }
  return root;
}

function mark(root: Marks, path: Path): void {
  let marks = root;
  for (const [depth, key] of path.entries()) {
    if (depth === path.length - 1) marks.set(key, 'left out');
    const inner = marks.get(key) ?? new Map();
    if (inner === 'left out') return;
    marks.set(key, inner);
    marks = inner;
  }
}

/** A copy without what is marked. Each marked object or array is copied once, whatever is marked in it. */
function without(value: unknown, marks: Marks | 'left out'): unknown {
  if (marks === 'left out') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    for (const [index, inner] of marks)
      if (typeof index === 'number') copy[index] = without(copy[index], inner);
    return copy;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const inner = marks.get(name);
      if (inner === 'left out') return [];
      return [[name, inner === undefined ? field : without(field, inner)]];
    }),
  );
}

/** The same object without the keys whose value is undefined: an absent field and an undefined one must be stored, hashed and compared alike. */
export function omitUndefined<T extends object>(value: T): T {
  const kept: Partial<T> = {};
  for (const name of Object.keys(value) as (keyof T)[]) {
    const field = value[name];
    if (field !== undefined) kept[name] = field;
  }
  return kept as T;
}

/** Like {@link omitUndefined}, and undefined when nothing is left. */
export function omitUndefinedOrNothing<T extends object>(value: T): T | undefined {
  const kept = omitUndefined(value);
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** An order as the table may hold it, or what is wrong with it. The problem names fields, never values. */
export type CheckedOrder = { ok: true; order: Order } | { ok: false; problem: string };

/**
 * The last look at an order that was read: it is held against its schema, with as many warnings as a row can carry. What
 * could not be kept as it came is among them.
 */
export function checkOrder(order: Order): CheckedOrder {
  const warnings = shorten([...replacedIn(order), ...order.warnings]);
  const checked = orderSchema().safeParse({ ...order, warnings });
  return checked.success
    ? { ok: true, order: checked.data }
    : { ok: false, problem: describe(checked.error.issues, orderSchema()) };
}

/** What stands where no character could be read: half of one, bytes that are no UTF-8, or the sender's own loss. */
const REPLACEMENT = '\ufffd';
const MOST_REPLACED = 5;

const holdsReplaced = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).some(holdsReplaced)
    : typeof value === 'string' && value.includes(REPLACEMENT);

/** A warning where texts lost characters before they came here; paths are those of the order as we write it. */
function replacedIn({ warnings: _, ...order }: Order): string[] {
  const paths: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      if (value.includes(REPLACEMENT)) paths.push(path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) look(inner, path === '' ? name : `${path}.${name}`);
    }
  };
  // Most orders have none: their paths are not written to find that out.
  if (holdsReplaced(order)) look(order, '');
  if (paths.length === 0) return [];
  const more = paths.length > MOST_REPLACED ? ` and ${paths.length - MOST_REPLACED} more` : '';
  const where = `${paths.slice(0, MOST_REPLACED).join(', ')}${more}`;
  return [`a character could not be read and was replaced: ${where}; the bytes have it as it came`];
}
