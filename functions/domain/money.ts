/**
 * The one rule for money.
 *
 * - Amounts are integers in minor units of a currency. They never pass through a float.
 * - An absent amount, null and an empty text say nothing ({@link saysNothing}). What says nothing is never zero.
 * - What can be read in one way only is read so, whichever sign its sender usually writes: `1.234,50` and `1,234.50`, several
 *   groups, groups by spaces, `12,5`, `,5`, and `0,500`, because no group begins with a zero. A plus sign, and the currency's
 *   own sign or code, say nothing more; those of another currency are no amount of this one.
 * - `1.234` and `1,234` can be read in two ways that lie a thousandfold apart. The sender's style decides, but in a currency
 *   without decimals nobody writes thousandths: there the sign separates thousands. Either way it is a guess, and whoever
 *   reads it warns.
 * - Decimals beyond the currency's are rounded half away from zero, and whoever reads them warns.
 */

/** Currencies without a minor unit (ISO 4217). Those with three decimals are of no country that our platforms serve. */
const WITHOUT_MINOR_UNIT = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
);

/** Number of decimals of an ISO 4217 currency: 0 or 2. */
export function currencyDecimals(currency: string): 0 | 2 {
  return WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2;
}

/** Which sign a sender writes before decimals, where a text can be read in two ways. A JSON number is always `point`. */
export type DecimalStyle = 'point' | 'comma';

/**
 * An amount in minor units, or why the text is none. `exact` is false when decimals beyond the currency's were rounded.
 * `guess` says how a text was taken that could be read a thousandfold larger or smaller.
 */
export type MoneyReading =
  | { ok: true; minor: number; exact: boolean; guess?: 'thousands' | 'decimals' }
  | { ok: false; reason: string };

/** Whether a platform left an amount unsaid: absent, null, or a text with nothing in it. */
export function saysNothing(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
/** Groups of three, then decimals behind the other sign: 1,234,567.89 and 1.234.567,89. */
const BY_COMMA = /^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;
const BY_POINT = /^-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$/;
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
    typeof value === 'number'
      ? { text: String(value) }
      : plainDecimal(bare(value.trim(), currency), style, decimals);
  const match = PLAIN.exec(written.text);
  if (match === null) return { ok: false, reason: 'an amount is not a decimal number' };
  const [, sign = '', whole = '0', fraction = ''] = match;
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const rest = fraction.slice(decimals);
  const roundUp = rest !== '' && rest.charCodeAt(0) >= 53;
  // Digits beyond 2^53 are rounded here, but never below it: then it is refused.
  const magnitude = Number(whole + kept) + (roundUp ? 1 : 0);
  if (!Number.isSafeInteger(magnitude)) return { ok: false, reason: 'an amount is larger than can be exact' };
  const { guess } = written;
  return {
    ok: true,
    minor: sign === '-' && magnitude !== 0 ? -magnitude : magnitude,
    exact: /^0*$/.test(rest),
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

/** What people write before or behind an amount, by currency, besides its code. */
const SIGNS: Readonly<Record<string, string>> = {
  ARS: '\\$',
  BOB: 'Bs\\.?',
  BRL: 'R\\$',
  CLP: '\\$',
  COP: '\\$',
  CRC: '\u20a1',
  MXN: '\\$',
  PEN: 'S/\\.?',
  PYG: '\u20b2|Gs\\.?',
  USD: '\\$|US\\$|U\\$S',
  UYU: '\\$U?',
};

/** Digits in groups of three with spaces between, decimals behind. */
const BY_SPACE = /^-?[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?$/;

/** An amount without what says nothing about its size. */
function bare(text: string, currency: string): string {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const sign = `(?:${currency}${SIGNS[currency] === undefined ? '' : `|${SIGNS[currency]}`})`;
  const plain = text
    .replace(new RegExp(`^([+-]?)\\s*${sign}\\s*(?=[\\d.,+-])`, 'i'), '$1')
    .replace(new RegExp(`(?<=\\d)\\s*${sign}$`, 'i'), '')
    .replace(/^\+(?=[\d.,])/, '');
  const joined = BY_SPACE.test(plain) ? plain.replaceAll(/[ \u00a0\u202f]/g, '') : plain;
  return joined.replace(/^-?(?=[.,]\d+$)/, (minus) => `${minus}0`).replace(/^(-?\d+)[.,]$/, '$1');
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
  if (PLAIN.test(text)) return { text };
  if (BY_COMMA.test(text)) return { text: text.replaceAll(',', '') };
  if (BY_POINT.test(text)) return { text: text.replaceAll('.', '').replace(',', '.') };
  return { text: text.replace(/^(-?\d+),(\d+)$/, '$1.$2') };
}
