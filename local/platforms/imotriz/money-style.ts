import { COUNTRIES, type ImotrizCountry } from './countries.ts';

/** How an amount stands in JSON: a number, a bare string, or a string written as people of the country do. */
export type MoneyStyle = 'number' | 'plain' | 'localized';

/** The three ways; which one the platform uses is not published. */
export const MONEY_STYLES: readonly MoneyStyle[] = ['number', 'plain', 'localized'];

/**
 * Writes an amount of hundredths: 1200050 becomes `12000.5`, `"12000.50"`, or `"12.000,50"` (`"12,000.50"` in Mexico).
 * Whole amounts lose their decimals in both kinds of string.
 */
export function writeAmount(hundredths: number, style: MoneyStyle, country: ImotrizCountry): number | string {
  if (style === 'number') return hundredths / 100;
  const { decimalSign } = COUNTRIES[country];
  const [sign, group] = style === 'plain' ? ['.', ''] : [decimalSign, decimalSign === ',' ? '.' : ','];
  const whole = String(Math.floor(hundredths / 100)).replaceAll(/\B(?=(\d{3})+$)/g, group);
  const rest = hundredths % 100;
  return rest === 0 ? whole : `${whole}${sign}${String(rest).padStart(2, '0')}`;
}
