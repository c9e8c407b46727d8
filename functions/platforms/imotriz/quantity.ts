import type { DecimalStyle } from '../../domain/money.ts';

const LARGEST = 1_000_000_000;

/**
 * A quantity from a number or a text in the country's style. Undefined when there is none, NaN when it cannot be read or
 * can be read in two ways: `2.000` is two thousand to one program and two to another, and a guess ships the wrong goods.
 */
export function readQuantity(
  value: string | number | null | undefined,
  style: DecimalStyle,
): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const quantity = typeof value === 'number' ? value : fromText(value.trim(), style);
  return quantity >= 0 && quantity <= LARGEST ? quantity : Number.NaN;
}

function fromText(text: string, style: DecimalStyle): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const decimalComma = style === 'comma' ? /^\d{1,10},\d{1,6}$/ : undefined;
  if (decimalComma?.test(text)) return Number(text.replace(',', '.'));
  // Exactly three digits behind the point look like thousands where the comma is the decimal sign.
  const decimalPoint = style === 'comma' ? /^\d{1,10}\.(\d{1,2}|\d{4,6})$/ : /^\d{1,10}\.\d{1,6}$/;
  return decimalPoint.test(text) ? Number(text) : Number.NaN;
}
