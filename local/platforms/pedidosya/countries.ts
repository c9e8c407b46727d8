/** What an invented order needs to know of a country. */
export interface Country {
  /** Two letters, lower case. */
  code: string;
  /** Decimals of its prices. */
  decimals: 0 | 2;
  locale: string;
  city: string;
  /** Roughly how much one dollar is, so that prices look right. */
  priceFactor: number;
  phonePrefix: string;
}

// [decimals, dollar, phone prefix, city]
const COUNTRIES: Readonly<Record<string, readonly [0 | 2, number, string, string]>> = {
  ar: [2, 1200, '+54', 'Buenos Aires'],
  bo: [2, 7, '+591', 'La Paz'],
  cl: [0, 950, '+56', 'Santiago'],
  cr: [2, 520, '+506', 'San José'],
  do: [2, 60, '+1809', 'Santo Domingo'],
  ec: [2, 1, '+593', 'Quito'],
  gt: [2, 7.8, '+502', 'Ciudad de Guatemala'],
  hn: [2, 25, '+504', 'Tegucigalpa'],
  ni: [2, 37, '+505', 'Managua'],
  pa: [2, 1, '+507', 'Ciudad de Panamá'],
  pe: [2, 4, '+51', 'Lima'],
  py: [0, 7500, '+595', 'Asunción'],
  sv: [2, 1, '+503', 'San Salvador'],
  uy: [2, 40, '+598', 'Montevideo'],
  ve: [2, 180, '+58', 'Caracas'],
};

/** The country behind a two-letter code. Throws a RangeError that lists the known codes. */
export function countryOf(code: string): Country {
  const traits = COUNTRIES[code];
  if (traits === undefined) {
    throw new RangeError(
      `No country '${code}' in the simulator. Known: ${Object.keys(COUNTRIES).join(', ')}.`,
    );
  }
  const [decimals, priceFactor, phonePrefix, city] = traits;
  return { code, decimals, locale: `es_${code.toUpperCase()}`, city, priceFactor, phonePrefix };
}

/** Rounds an amount to the decimals of a country's prices, without the noise of binary fractions. */
export function roundPrice(amount: number, { decimals }: Country): number {
  return Number(amount.toFixed(decimals));
}
