const ISO_DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** A platform's date and time as ISO 8601 in UTC with milliseconds; without a zone it is UTC. Undefined when it is none. */
export function readIsoTime(text: string): string | undefined {
  const match = ISO_DATE_TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', time = '', zone = 'Z'] = match;
  const ms = Date.parse(`${date}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  if (Number.isNaN(ms)) return undefined;
  const iso = new Date(ms).toISOString();
  // A zone can push the last hours of year 9999 into a year that no longer has four digits.
  return iso.length === 24 ? iso : undefined;
}
