import { canonicalJson } from '../../domain/canonical-json.ts';
import { totalText } from '../../domain/money.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import { orderPk } from '../../storage/keys.ts';
import type { RawCopy } from '../../storage/orders.ts';

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
      total: totalText(order),
      lines: order.lines?.length ?? 'not known',
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

/** Names of what a write changes for the readers of a row: fields of the order, `personal`, `state`. Never a value. */
export function changedFields(before: OrderRow | undefined, after: OrderRow | undefined): string[] {
  if (after === undefined) return [];
  const fields = new Set([...Object.keys(before?.order ?? {}), ...Object.keys(after.order ?? {})]);
  const changed = [...fields].filter((field) => differs(fieldOf(before, field), fieldOf(after, field)));
  if (differs(before?.personal, after.personal)) changed.push('personal');
  if (before?.state !== after.state) changed.push('state');
  return changed.sort();
}

function fieldOf(row: OrderRow | undefined, field: string): unknown {
  return Object.entries(row?.order ?? {}).find(([name]) => name === field)?.[1];
}

const differs = (one: unknown, other: unknown) => canonicalJson(one) !== canonicalJson(other);
