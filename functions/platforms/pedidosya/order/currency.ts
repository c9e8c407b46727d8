/**
 * ISO currencies by country, because PedidosYa's amounts carry none (Partner API, order object). Our own table: a
 * deployment adds to it or overrides it with the setting `currencies`.
 */
const CURRENCY_BY_COUNTRY: Readonly<Record<string, string>> = {
  ar: 'ARS',
  bo: 'BOB',
  cl: 'CLP',
  cr: 'CRC',
  do: 'DOP',
  ec: 'USD',
  gt: 'GTQ',
  hn: 'HNL',
  ni: 'NIO',
  pa: 'USD',
  pe: 'PEN',
  py: 'PYG',
  sv: 'USD',
  uy: 'UYU',
  ve: 'VES',
};

/** Of the settings of a chain. */
interface Country {
  readonly country: string;
  readonly currencies: Readonly<Record<string, string>>;
}

export type CurrencyReading =
  | { ok: true; currency: string; warning?: string }
  | { ok: false; problem: string };

/**
 * The currency of an order from its country, else from the configured country. An unknown country is read in the
 * configured country's currency with a warning, because a chain is one legal entity in one country and an order in the
 * table with a warning serves better than one that waits.
 */
export function currencyOf(country: string | null | undefined, settings: Country): CurrencyReading {
  const own = lookUp(country?.trim().toLowerCase() ?? '', settings);
  if (own !== undefined) return { ok: true, currency: own };
  const configured = lookUp(settings.country, settings);
  if (configured === undefined) {
    return {
      ok: false,
      problem: `no currency is known for country ${settings.country}; set it under currencies`,
    };
  }
  if (country === null || country === undefined) return { ok: true, currency: configured };
  const warning = `client.country_code has no known currency, ${configured} of the configured country was assumed`;
  return { ok: true, currency: configured, warning };
}

function lookUp(country: string, { currencies }: Pick<Country, 'currencies'>): string | undefined {
  if (Object.hasOwn(currencies, country)) return currencies[country];
  return Object.hasOwn(CURRENCY_BY_COUNTRY, country) ? CURRENCY_BY_COUNTRY[country] : undefined;
}
