/** ISO 4217 currencies without a minor unit among those our platforms use. */
const WITHOUT_MINOR_UNIT = new Set(['CLP', 'PYG']);

/** Number of decimals of an ISO 4217 currency on our platforms: 0 or 2. */
export function currencyDecimals(currency: string): 0 | 2 {
  return WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2;
}
