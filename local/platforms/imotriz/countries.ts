/** The four countries that iMotriz serves. */
export type ImotrizCountry = 'co' | 'mx' | 'ec' | 'cr';

/** What an invented order needs to know of a country. */
export interface CountryTraits {
  /** The sign before the decimals in amounts written for people; the other one groups thousands. */
  decimalSign: ',' | '.';
  city: string;
  mobilePrefix: string;
  /** Roughly how much one dollar is. */
  priceFactor: number;
  /** How often a price has decimals; pesos and colones hardly do. */
  withDecimals: number;
}

/** The countries of the guide, with the way each writes amounts. */
export const COUNTRIES: Readonly<Record<ImotrizCountry, CountryTraits>> = {
  co: { decimalSign: ',', city: 'Bogotá', mobilePrefix: '+57', priceFactor: 4100, withDecimals: 0.15 },
  mx: {
    decimalSign: '.',
    city: 'Ciudad de México',
    mobilePrefix: '+52',
    priceFactor: 18,
    withDecimals: 0.7,
  },
  ec: { decimalSign: ',', city: 'Quito', mobilePrefix: '+593', priceFactor: 1, withDecimals: 0.9 },
  cr: { decimalSign: ',', city: 'San José', mobilePrefix: '+506', priceFactor: 520, withDecimals: 0.15 },
};
