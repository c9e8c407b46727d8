const ISO_DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
/** As HTTP and mail write it (RFC 9110, RFC 5322). */
const MAIL_DATE = /^(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|Z|[+-]\d{4})$/i;
/** Seconds or milliseconds since 1970, from 2001 on. */
const EPOCH = /^[1-9]\d{9}(\d{3})?$/;

/** A platform's date and time as ISO 8601 in UTC with milliseconds; without a zone it is UTC. Undefined when it is none. */
export function readIsoTime(text: string): string | undefined {
  const ms = msOf(text.trim());
  if (Number.isNaN(ms)) return undefined;
  const iso = new Date(ms).toISOString();
  // A zone can push the last hours of year 9999 into a year that no longer has four digits.
  return iso.length === 24 ? iso : undefined;
}

function msOf(text: string): number {
  const match = ISO_DATE_TIME.exec(text);
  if (match === null) {
    if (EPOCH.test(text)) return Number(text) * (text.length === 10 ? 1000 : 1);
    return MAIL_DATE.test(text) ? Date.parse(text) : Number.NaN;
  }
  const [, date = '', time = '', zone = 'Z'] = match;
  // The parser takes the 31st of every month for a day of the next.
  if (Number(date.slice(8)) > 28 && !isOfCalendar(date)) return Number.NaN;
  return Date.parse(`${date}T${time}${offsetOf(zone)}`);
}

const isOfCalendar = (date: string): boolean =>
  new Date(Date.parse(`${date}T00:00Z`) || 0).toISOString().slice(0, 10) === date;

function offsetOf(zone: string): string {
  const [, hours, minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  return hours === undefined ? 'Z' : `${hours}:${minutes}`;
}

/**
 * The same of a local date and time and the name of its zone, such as `America/Sao_Paulo`. Undefined where there is no such
 * zone. Of the hour that comes twice a year, the second.
 */
export function readZonedTime(local: string, zone: string): string | undefined {
  const asUtc = readIsoTime(`${local.trim()}Z`);
  const format = formatOf(zone);
  if (asUtc === undefined || format === undefined) return undefined;
  const guess = Date.parse(asUtc) - offsetAt(format, Date.parse(asUtc));
  return new Date(Date.parse(asUtc) - offsetAt(format, guess)).toISOString();
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

/** Ms that a zone is ahead of UTC at a time. */
function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
