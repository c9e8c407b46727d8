import type { OrderRow } from './order-row.ts';
import { type EpochMs, isoTime } from './time.ts';

const HOUR_MS = 3_600_000;
/** What was placed longer ago is found by a first backfill: the merchant's system is long past it (ms). */
const NEW_FOR_MS = 7 * 24 * HOUR_MS;

/**
 * The row with the time until which the merchant's system should acknowledge it, if it is that of a new order.
 *
 * @param current the row before
 * @param hours that the merchant's system has; absent where nobody waits for it
 */
export function withAcknowledgeTerm(
  row: OrderRow,
  current: OrderRow | undefined,
  now: EpochMs,
  hours: number | undefined,
): OrderRow {
  if (hours === undefined || row.order === undefined || current?.order !== undefined) return row;
  const placedAt = Date.parse(row.order.placedAt ?? isoTime(now));
  return now - placedAt < NEW_FOR_MS ? { ...row, acknowledgeBy: isoTime(now + hours * HOUR_MS) } : row;
}
