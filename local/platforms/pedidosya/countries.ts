/** What an invented order needs to know of a country. */
export interface Country {
  code: string;
  /** Decimals of its prices. */
  decimals: 0 | 2;
  locale: string;
  city: string;
  /** Roughly how much one dollar is, so that prices look right. */
  priceFactor: number;
  phonePrefix: string;
}

const COUNTRIES: Readonly<Record<string, Country>> = {
  uy: { code: 'uy', decimals: 2, locale: 'es_UY', city: 'Montevideo', priceFactor: 40, phonePrefix: '+598' },
  ar: {
    code: 'ar',
    decimals: 2,
    locale: 'es_AR',
    city: 'Buenos Aires',
    priceFactor: 1200,
    phonePrefix: '+54',
  },
  cl: { code: 'cl', decimals: 0, locale: 'es_CL', city: 'Santiago', priceFactor: 950, phonePrefix: '+56' },
  py: { code: 'py', decimals: 0, locale: 'es_PY', city: 'Asunción', priceFactor: 7500, phonePrefix: '+595' },
  bo: { code: 'bo', decimals: 2, locale: 'es_BO', city: 'La Paz', priceFactor: 7, phonePrefix: '+591' },
  pe: { code: 'pe', decimals: 2, locale: 'es_PE', city: 'Lima', priceFactor: 4, phonePrefix: '+51' },
  ec: { code: 'ec', decimals: 2, locale: 'es_EC', city: 'Quito', priceFactor: 1, phonePrefix: '+593' },
  do: {
    code: 'do',
    decimals: 2,
    locale: 'es_DO',
    city: 'Santo Domingo',
    priceFactor: 60,
    phonePrefix: '+1809',
  },
};

/** The country behind a two-letter code. Throws a RangeError that lists the known codes. */
export function countryOf(code: string): Country {
  const country = COUNTRIES[code];
  if (country === undefined) {
    throw new RangeError(
      `No country '${code}' in the simulator. Known: ${Object.keys(COUNTRIES).join(', ')}.`,
    );
  }
  return country;
}

/** Rounds an amount to the decimals of a country's prices, without the noise of binary fractions. */
export function roundPrice(amount: number, { decimals }: Country): number {
  return Number(amount.toFixed(decimals));
}
