/**
 * The one rule for money.
 *
 * - Amounts are integers in minor units of a currency. They never pass through a float.
 * - An absent amount, null and an empty text say nothing ({@link saysNothing}). What says nothing is never zero.
 * - A sender has one decimal sign: point or comma. The other sign separates thousands.
 * - `1.234` and `1,234` can be read in two ways that lie a thousandfold apart. The sender's style decides, but in a currency
 *   without decimals nobody writes thousandths: there the sign separates thousands. Either way it is a guess, and whoever
 *   reads it warns. Several groups, or groups and decimals, leave no doubt.
 * - Decimals beyond the currency's are rounded half away from zero, and whoever reads them warns.
 */

/** ISO 4217 currencies without a minor unit among those our platforms use. */
const WITHOUT_MINOR_UNIT = new Set(['CLP', 'PYG']);

/** Number of decimals of an ISO 4217 currency on our platforms: 0 or 2. */
export function currencyDecimals(currency: string): 0 | 2 {
  return WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2;
}

/**
 * How a decimal string is written: `point` is `1234.50` (with optional thousands commas), `comma` is `1.234,50`.
 * A JSON number is always `point`.
 */
export type DecimalStyle = 'point' | 'comma';

/**
 * An amount in minor units, or why the text is none. `exact` is false when decimals beyond the currency's were rounded.
 * `guess` says how a text was taken that could be read a thousandfold larger or smaller, where nothing was rounded.
 */
export type MoneyReading =
  | { ok: true; minor: number; exact: boolean; guess?: 'thousands' | 'decimals' }
  | { ok: false; reason: string };

/** Whether a platform left an amount unsaid: absent, null, or a text with nothing in it. */
export function saysNothing(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
/** Groups of three behind commas, then decimals: 1,234,567.89. */
const GROUPED = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
/** One sign with three digits behind it and nothing that tells what it is. */
const AMBIGUOUS = /^-?[1-9]\d{0,2}([.,])\d{3}$/;

/**
 * Reads a platform's amount as integer minor units of the currency, without floating error.
 *
 * Takes decimal strings and JSON numbers. Amounts beyond 2^53 minor units, exponents, NaN and words are refused with a
 * reason; so is what says nothing, which the caller looks for first.
 */
export function readMoney(value: unknown, currency: string, style: DecimalStyle = 'point'): MoneyReading {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return { ok: false, reason: `an amount is ${value === null ? 'null' : typeof value}` };
  }
  const decimals = currencyDecimals(currency);
  const written =
    typeof value === 'number' ? { text: String(value) } : plainDecimal(value.trim(), style, decimals);
  const match = PLAIN.exec(written.text);
  if (match === null) return { ok: false, reason: 'an amount is not a decimal number' };
  const [, sign = '', whole = '0', fraction = ''] = match;
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const rest = fraction.slice(decimals);
  const roundUp = rest !== '' && rest.charCodeAt(0) >= 53;
  const magnitude = Number(BigInt(whole + kept) + (roundUp ? 1n : 0n));
  if (!Number.isSafeInteger(magnitude)) return { ok: false, reason: 'an amount is larger than can be exact' };
  const exact = /^0*$/.test(rest);
  // Of decimals that were rounded the reader is told anyway.
  const guess = exact ? written.guess : undefined;
  return {
    ok: true,
    minor: sign === '-' && magnitude !== 0 ? -magnitude : magnitude,
    exact,
    ...(guess === undefined ? {} : { guess }),
  };
}

/** The decimal string of an amount in minor units: `1050` ARS is `"10.50"`, `1050` CLP is `"1050"`. */
export function formatMoney(minor: number, currency: string): string {
  const decimals = currencyDecimals(currency);
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return minor < 0 ? `-${text}` : text;
}

/** What an order costs, for people's eyes; a total that nobody said is no zero. */
export function totalText({
  currency,
  totals,
}: {
  currency: string;
  totals: { total?: number | undefined };
}): string {
  return totals.total === undefined
    ? `${currency} not known`
    : `${currency} ${formatMoney(totals.total, currency)}`;
}

interface Written {
  /** With a decimal point and no other sign. */
  text: string;
  guess?: 'thousands' | 'decimals';
}

function plainDecimal(text: string, style: DecimalStyle, decimals: 0 | 2): Written {
  const sign = AMBIGUOUS.exec(text)?.[1];
  if (sign !== undefined) {
    const isDecimal = decimals > 0 && (style === 'point') === (sign === '.');
    return isDecimal
      ? { text: text.replace(',', '.'), guess: 'decimals' }
      : { text: text.replace(/[.,]/, ''), guess: 'thousands' };
  }
  if (style === 'point') return { text: GROUPED.test(text) ? text.replaceAll(',', '') : text };
  return { text: text.includes(',') ? commaToPoint(text) : dotsAsThousands(text) };
}

function commaToPoint(text: string): string {
  const thousands = /^-?\d{1,3}(?:\.\d{3})+,\d+$/.test(text) || /^-?\d+,\d+$/.test(text);
  return thousands ? text.replaceAll('.', '').replace(',', '.') : text;
}

// "1.234.567" has thousands where the comma is the decimal sign, but "12.5" or "12.00" can only be a decimal point.
function dotsAsThousands(text: string): string {
  return /^-?\d{1,3}(?:\.\d{3})+$/.test(text) ? text.replaceAll('.', '') : text;
}
