/** Whole days in UTC, as short as a year; or a moment with its zone. */
const WRITTEN =
  /^(?<day>\d{4}(?:-\d\d(?:-\d\d)?)?)$|^(?<date>\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * Reads a time as a person writes it in a command (epoch ms); undefined for anything but ISO 8601. What JavaScript makes of other
 * texts is none of what is meant: 11/12/2026 is the 12th of November to it, 7 is a day of 2001, and the 30th of February one in March.
 */
export function timeGiven(text: string): number | undefined {
  const { day, date = day } = WRITTEN.exec(text)?.groups ?? {};
  if (date === undefined) return undefined;
  const ms = Date.parse(text.replace(' ', 'T'));
  const isThere = new Date(`${date}${date === day ? '' : 'T00:00:00Z'}`);
  return Number.isFinite(ms) && isThere.toISOString().startsWith(date) ? ms : undefined;
}

/** How it is to be written. */
export const TIME_EXAMPLES = '2026-11-22 (in UTC), 2026-11-22T12:00:00Z or 2026-11-22T09:00:00-03:00';
