import type * as z from 'zod';

/** What a platform's JSON is once it went through a schema, or why not. Texts name paths and types, never values. */
export type TolerantReading<T> = { ok: true; value: T; warnings: string[] } | { ok: false; problem: string };

type Path = readonly PropertyKey[];

const MAX_NAMED = 5;
const MAX_WARNINGS = 30;

/**
 * Reads a platform's JSON so that a surprise in a decoration does not cost the order: fields that do not fit the schema
 * are left out with a warning, unless they are vital (ids, states, amounts), for which a guess would be worse than a
 * person's look. Never throws, whatever the JSON.
 *
 * @param vital says whether the order is worthless when the field at this path is wrong.
 */
export function readTolerantly<S extends z.ZodType>(
  schema: S,
  json: unknown,
  required: (path: Path) => boolean,
): TolerantReading<z.output<S>> {
  const first = schema.safeParse(json);
  if (first.success) return { ok: true, value: first.data, warnings: [] };
  const grave = first.error.issues.filter((issue) => required(issue.path));
  if (grave.length > 0) return { ok: false, problem: describe(grave) };
  const second = schema.safeParse(
    first.error.issues.reduce((left, issue) => without(left, issue.path), json),
  );
  if (!second.success) return { ok: false, problem: describe(second.error.issues) };
  return {
    ok: true,
    value: second.data,
    warnings: first.error.issues.map((issue) => `left out: ${nameOf(issue)}`),
  };
}

/** Names what a schema found wrong: paths and types, never values. */
export function describe(issues: readonly z.core.$ZodIssue[]): string {
  const named = issues.slice(0, MAX_NAMED).map(nameOf).join('; ');
  return issues.length > MAX_NAMED ? `${named}; and ${issues.length - MAX_NAMED} more` : named;
}

/** Warnings in a number that a row can carry: an order of ten thousand odd items must not outgrow its row. */
export function shorten(warnings: readonly string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) return [...warnings];
  return [...warnings.slice(0, MAX_WARNINGS), `and ${warnings.length - MAX_WARNINGS} more warnings`];
}

function nameOf(issue: z.core.$ZodIssue): string {
  return `${pathText(issue.path)}: ${issue.message}`;
}

function pathText(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the whole' : text.replace(/^\./, '');
}

/** A copy without the named field that holds the path's end; an element's array goes as a whole, so indices stay true. */
function without(value: unknown, path: Path): unknown {
  const end = path.findLastIndex((key) => typeof key === 'string');
  return end === -1 ? undefined : removeAt(value, path.slice(0, end + 1));
}

function removeAt(value: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((element: unknown, index) => (index === key ? removeAt(element, rest) : element));
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([name]) => name !== key)
      : entries.map(([name, field]) => [name, name === key ? removeAt(field, rest) : field]),
  );
}

/** The same object without the keys whose value is undefined: an absent field and an undefined one must be stored, hashed and compared alike. */
export function omitUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** Like {@link compact}, and undefined when nothing is left. */
export function omitUndefinedOrNothing<T extends object>(value: T): T | undefined {
  const kept = omitUndefined(value);
  return Object.keys(kept).length === 0 ? undefined : kept;
}

const ISO_DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** A platform's date and time as ISO 8601 in UTC with milliseconds; without a zone it is UTC. Undefined when it is none. */
export function readIsoTime(text: string): string | undefined {
  const match = ISO_DATE_TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', time = '', zone = 'Z'] = match;
  const ms = Date.parse(`${date}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  if (Number.isNaN(ms)) return undefined;
  const iso = new Date(ms).toISOString();
  // A zone can push the last hours of year 9999 into a year that no longer has four digits.
  return iso.length === 24 ? iso : undefined;
}
