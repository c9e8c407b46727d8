import type { OrderRow } from './order-row.ts';
import { type EpochMs, isoTime } from './time.ts';

const HOUR_MS = 3_600_000;
/** What was placed longer ago is found by a first backfill: the merchant's system is long past it (ms). */
const NEW_FOR_MS = 7 * 24 * HOUR_MS;

/** What is waited for of the merchant's systems. */
export interface AcknowledgeTerm {
  /** That they have for a new order. */
  readonly hours: number;
  /** The client of the API that has to acknowledge it; any of them when absent. */
  readonly client?: string | undefined;
}

export const acknowledgeTerm = (
  hours: number | undefined,
  client: string | undefined,
): AcknowledgeTerm | undefined => (hours === undefined ? undefined : { hours, client });

/**
 * The row with the time until which the merchant's system should acknowledge it, if it is that of a new order.
 *
 * @param current the row before
 * @param term absent where nobody waits
 */
export function withAcknowledgeTerm(
  row: OrderRow,
  current: OrderRow | undefined,
  now: EpochMs,
  term: AcknowledgeTerm | undefined,
): OrderRow {
  if (term === undefined || row.order === undefined || current?.order !== undefined) return row;
  const placedAt = Date.parse(row.order.placedAt ?? isoTime(now));
  if (now - placedAt >= NEW_FOR_MS) return row;
  const { hours, client } = term;
  const waited = { acknowledgeBy: isoTime(now + hours * HOUR_MS) };
  return { ...row, ...waited, ...(client === undefined ? {} : { acknowledgeClient: client }) };
}

/** Whether the client that is waited for has acknowledged the order; any client where none is named. */
export const isAcknowledged = ({
  acknowledgements = {},
  acknowledgeClient,
}: Pick<OrderRow, 'acknowledgeClient'> & { acknowledgements?: object | undefined }): boolean =>
  acknowledgeClient === undefined
    ? Object.keys(acknowledgements).length > 0
    : Object.hasOwn(acknowledgements, acknowledgeClient);
