import { readIsoTime } from '../reading/iso-time.ts';
import type { NuvemshopTime } from './order-schema.ts';

/**
 * A time of an order as ISO 8601 in UTC with milliseconds; undefined when it is absent or none.
 *
 * Orders carry `+0000` without a colon, fulfilment orders `+00:00` or `Z`, `completed_at` a PHP object whose zone stands
 * beside the date. A zone that has only a name other than UTC is not guessed: an hour too late would make newer news
 * look old.
 */
export function readOrderTime(value: NuvemshopTime): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return readIsoTime(value);
  const zone = value.timezone ?? 'UTC';
  if (/^(utc|gmt|z)$/i.test(zone)) return readIsoTime(`${value.date}Z`);
  return /^[+-]\d{2}:?\d{2}$/.test(zone) ? readIsoTime(`${value.date}${zone}`) : undefined;
}

/** The latest of several ISO times. */
export function latest(times: readonly (string | undefined)[]): string | undefined {
  return times.reduce((last, time) => (last === undefined || (time ?? '') > last ? time : last), undefined);
}
