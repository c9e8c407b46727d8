import { formatMoney } from '../../domain/money.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import type { RawCopy } from '../../storage/raw-bytes.ts';

/** Where an order stands, for the eyes of an operator: of the person no more than which fields are there. */
export function redactedRow(row: OrderRow, copies: readonly RawCopy[] = []) {
  const { order, origin } = row;
  return {
    order: row.pk,
    state: row.state,
    ...(row.review && { review: { ...row.review, at: iso(row.review.at) } }),
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
      ? `erased ${iso(row.erased.at)} (${row.erased.because})`
      : Object.keys(row.personal ?? {}).sort(),
    version: row.version,
    changedAt: row.changedAt,
    ...(row.sourceTime === undefined ? {} : { platformTime: iso(row.sourceTime) }),
    observedAt: iso(row.observedAt),
    first: { via: origin.first.via, at: iso(origin.first.at) },
    last: { via: origin.last.via, at: iso(origin.last.at) },
    ...(origin.lagMs === undefined ? {} : { lagSeconds: Math.round(origin.lagMs / 1000) }),
    correlationId: row.correlationId,
    kept: copies.map(({ sha256, expiresAt }) => ({
      sha256,
      until: iso(expiresAt * 1000),
      ...(sha256 === row.raw?.sha256 ? { current: true } : {}),
    })),
  };
}

export type RedactedRow = ReturnType<typeof redactedRow>;

const iso = (ms: number): string => new Date(ms).toISOString();
