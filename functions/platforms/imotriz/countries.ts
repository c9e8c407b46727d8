import type { DecimalStyle } from '../../domain/money.ts';
import type { ImotrizStore } from './settings.ts';

/** What follows from the country: the host (transactions guide), the currency, and how the country writes decimals. */
export interface CountryFacts {
  baseUrl: string;
  currency: string;
  decimals: DecimalStyle;
}

/** The four countries of the transactions guide. Currencies and decimal signs are ours: the answers carry neither. */
export const COUNTRIES: Readonly<Record<ImotrizStore['country'], CountryFacts>> = {
  co: { baseUrl: 'https://www.imotriz.com', currency: 'COP', decimals: 'comma' },
  mx: { baseUrl: 'https://www.imotriz.com.mx', currency: 'MXN', decimals: 'point' },
  ec: { baseUrl: 'https://www.imotriz.com.ec', currency: 'USD', decimals: 'comma' },
  cr: { baseUrl: 'https://www.imotriz.co.cr', currency: 'CRC', decimals: 'comma' },
};
