/** `2022-11-15T19:36:59+0000`: orders, products, customers. Whole seconds. */
export function compactOffset(ms: number): string {
  return `${seconds(ms)}+0000`;
}

/** `2022-11-24T10:20:19+00:00`: fulfillment orders and history. */
export function colonOffset(ms: number): string {
  return `${seconds(ms)}+00:00`;
}

/** `2015-01-02 20:27:51`: metafields. No offset; UTC. */
export function spaced(ms: number): string {
  return seconds(ms).replace('T', ' ');
}

/** A PHP DateTime as JSON: `completed_at` of an order. */
export function phpDate(ms: number): { date: string; timezone_type: number; timezone: string } {
  return { date: `${spaced(ms)}.000000`, timezone_type: 3, timezone: 'UTC' };
}

/** Reads a date of a filter or a body; undefined when it is none. A date without an offset is UTC. */
export function parseDate(text: string): number | undefined {
  // An unescaped + of the offset reaches the server as a blank.
  const repaired = text.replace(/ (\d{2}:?\d{2})$/, '+$1');
  if (!/^\d{4}-\d{2}-\d{2}/.test(repaired)) return undefined;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(repaired) || repaired.length === 10;
  const ms = Date.parse(hasZone ? repaired : `${repaired.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function seconds(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** Cents as the platform prints money: `1234.50`. */
export function money(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents as a JSON number: fulfillment orders and history. */
export function moneyNumber(cents: number): number {
  return Number(money(cents));
}

/** Cents of a price that came as a number or a decimal string; undefined when it is none. */
export function parseMoney(value: number | string): number | undefined {
  const text = String(value).trim();
  if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined;
  return Math.round(Number(text) * 100);
}
