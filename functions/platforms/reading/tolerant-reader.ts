import type * as z from 'zod';
import { type DecimalStyle, readMoney, saysNothing } from '../../domain/money.ts';

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

/** Reads the amounts of one order and keeps account of what was wrong or rounded. Texts name paths, never values. */
export interface Amounts {
  readonly currency: string;
  /** Minor units of the order's currency; undefined where the platform left the amount out, 0 where it was unreadable (see `problems`). */
  read(value: string | number | null | undefined, path: string): number | undefined;
  /** Like `read`, of an amount that the order can do without: unreadable it is left out with a warning. */
  readOptional(value: unknown, path: string): number | undefined;
  /** Price times quantity in minor units, without floating error, rounded half away from zero. */
  times(minor: number, quantity: number): number;
  /** Amounts that could not be read: the order must not be used when there is one. */
  readonly problems: string[];
  readonly warnings: string[];
  /** Minor units by which sums may be off because amounts were rounded. */
  tolerance(): number;
}

// A total computed in binary floating point leaves such dust where it means nothing.
const DUST = 1e-6;

/** A reader for one order's amounts in its currency. */
export function createAmounts(currency: string, style: DecimalStyle = 'point'): Amounts {
  const problems: string[] = [];
  const warnings: string[] = [];
  let rounded = 0;
  const round = (path: string) => {
    rounded += 1;
    warnings.push(`${path} was rounded to the currency's decimals`);
  };
  const readInto = (value: unknown, path: string): { minor?: number; reason?: string } => {
    if (saysNothing(value)) return {};
    const dust = typeof value === 'number' && value !== 0 && Math.abs(value) < DUST;
    const reading = readMoney(dust ? 0 : value, currency, style);
    if (!reading.ok) return { reason: `${path}: ${reading.reason}` };
    if (dust || !reading.exact) round(path);
    if (reading.guess !== undefined) warnings.push(`${path} may have ${reading.guess}, and was read so`);
    return { minor: reading.minor };
  };
  return {
    currency,
    problems,
    warnings,
    tolerance: () => rounded,
    read(value, path) {
      const { minor, reason } = readInto(value, path);
      if (reason === undefined) return minor;
      problems.push(reason);
      return 0;
    },
    readOptional(value, path) {
      const { minor, reason } = readInto(value, path);
      if (reason !== undefined) warnings.push(`left out: ${reason}`);
      return minor;
    },
    times(minor, quantity) {
      const product = multiply(minor, quantity);
      if (!product.exact) rounded += 1;
      if (Number.isSafeInteger(product.minor)) return product.minor;
      problems.push('a price times its quantity is larger than can be exact');
      return 0;
    },
  };
}

function multiply(minor: number, quantity: number): { minor: number; exact: boolean } {
  const [mantissa = '0', exponent = '0'] = String(quantity).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const power = fraction.length - Number(exponent);
  if (!Number.isSafeInteger(minor) || !Number.isFinite(quantity) || Math.abs(power) > 400) {
    return { minor: Number.NaN, exact: false };
  }
  const product = BigInt(minor) * BigInt(whole + fraction);
  if (power <= 0) return { minor: Number(product * 10n ** BigInt(-power)), exact: true };
  const divisor = 10n ** BigInt(power);
  const half = product < 0n ? -divisor / 2n : divisor / 2n;
  return { minor: Number((product + half) / divisor), exact: product % divisor === 0n };
}
