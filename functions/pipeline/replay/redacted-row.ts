import { formatMoney } from '../../domain/money.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import { orderPk } from '../../storage/keys.ts';
import type { RawCopy } from '../../storage/raw-bytes.ts';

/** Where an order stands, for the eyes of an operator: of the person no more than which fields are there. */
export function redactedRow(row: OrderRow, copies: readonly RawCopy[] = []) {
  const { order, origin } = row;
  return {
    order: orderPk(row),
    state: row.state,
    ...(row.review && { review: { ...row.review, at: isoTime(row.review.at) } }),
    ...(order && {
      status: order.status,
      payment: order.payment.status,
      fulfilment: order.fulfilment.status,
      ...(order.displayNumber === undefined ? {} : { displayNumber: order.displayNumber }),
      total: `${order.currency} ${formatMoney(order.totals.total, order.currency)}`,
      lines: order.lines.length,
      warnings: order.warnings,
    }),
    personal: row.erased
      ? `erased ${isoTime(row.erased.at)} (${row.erased.because})`
      : Object.keys(row.personal ?? {}).sort(),
    version: row.version,
    changedAt: row.changedAt,
    ...(row.sourceTime === undefined ? {} : { platformTime: isoTime(row.sourceTime) }),
    observedAt: isoTime(row.observedAt),
    first: { via: origin.first.via, at: isoTime(origin.first.at) },
    last: { via: origin.last.via, at: isoTime(origin.last.at) },
    ...(origin.lagMs === undefined ? {} : { lagSeconds: Math.round(origin.lagMs / 1000) }),
    correlationId: row.correlationId,
    kept: copies.map(({ sha256, expiresAt }) => ({
      sha256,
      until: isoTime(expiresAt * 1000),
      ...(sha256 === row.raw?.sha256 ? { current: true } : {}),
    })),
  };
}

export type RedactedRow = ReturnType<typeof redactedRow>;
