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

/** An amount in minor units, or why the text is none. `exact` is false when decimals beyond the currency's were rounded. */
export type MoneyReading = { ok: true; minor: number; exact: boolean } | { ok: false; reason: string };

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
const GROUPED = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/**
 * Reads a platform's amount as integer minor units of the currency, without floating error.
 *
 * Takes decimal strings and JSON numbers. Decimals beyond the currency's are rounded half away from zero and reported as
 * not exact. Amounts beyond 2^53 minor units, exponents, NaN and words are refused with a reason.
 */
export function readMoney(value: unknown, currency: string, style: DecimalStyle = 'point'): MoneyReading {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return { ok: false, reason: `an amount is ${value === null ? 'null' : typeof value}` };
  }
  const plain = typeof value === 'number' ? String(value) : toPlainDecimal(value.trim(), style);
  const match = PLAIN.exec(plain);
  if (match === null) return { ok: false, reason: 'an amount is not a decimal number' };
  const [, sign = '', whole = '0', fraction = ''] = match;
  const decimals = currencyDecimals(currency);
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const rest = fraction.slice(decimals);
  const roundUp = rest !== '' && rest.charCodeAt(0) >= 53;
  const magnitude = Number(BigInt(whole + kept) + (roundUp ? 1n : 0n));
  if (!Number.isSafeInteger(magnitude)) return { ok: false, reason: 'an amount is larger than can be exact' };
  return {
    ok: true,
    minor: sign === '-' && magnitude !== 0 ? -magnitude : magnitude,
    exact: /^0*$/.test(rest),
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

function toPlainDecimal(text: string, style: DecimalStyle): string {
  if (style === 'comma') return text.includes(',') ? commaToPoint(text) : dotsAsThousands(text);
  return GROUPED.test(text) ? text.replaceAll(',', '') : text;
}

function commaToPoint(text: string): string {
  const thousands = /^-?\d{1,3}(?:\.\d{3})+,\d+$/.test(text) || /^-?\d+,\d+$/.test(text);
  return thousands ? text.replaceAll('.', '').replace(',', '.') : text;
}

// "12.000" is twelve thousand where the comma is the decimal sign, but "12.5" or "12.00" can only be a decimal point.
function dotsAsThousands(text: string): string {
  return /^-?\d{1,3}(?:\.\d{3})+$/.test(text) ? text.replaceAll('.', '') : text;
}
