import { readIsoTime, readZonedTime } from '../../reading/times.ts';
import type { NuvemshopTime } from './fields.ts';

/**
 * A time of an order as ISO 8601 in UTC with milliseconds; undefined when it is absent or none.
 *
 * Orders carry `+0000` without a colon, fulfilment orders `+00:00` or `Z`, `completed_at` a PHP object whose zone stands
 * beside the date, as an offset or by its name. A zone that nobody knows is not guessed: an hour too late would make newer
 * news look old.
 */
export function readOrderTime(value: NuvemshopTime): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return readIsoTime(value);
  const zone = value.timezone?.trim() || 'UTC';
  if (/^(utc|gmt|z)$/i.test(zone)) return readIsoTime(`${value.date.trim()}Z`);
  if (/^[+-]\d{2}(:?\d{2})?$/.test(zone)) return readIsoTime(`${value.date.trim()}${zone}`);
  return readZonedTime(value.date, zone);
}

/** The latest of several ISO times. */
export function latest(times: readonly (string | undefined)[]): string | undefined {
  return times.reduce((last, time) => (last === undefined || (time ?? '') > last ? time : last), undefined);
}
