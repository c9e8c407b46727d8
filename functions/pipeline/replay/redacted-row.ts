import { canonicalJson } from '../../domain/canonical-json.ts';
import { itemName } from '../../domain/item-name.ts';
import { totalText } from '../../domain/money.ts';
import type { OrderLine } from '../../domain/order.ts';
import { neverCame, type OrderRow } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import { orderPk } from '../../storage/keys.ts';
import type { RawCopy } from '../../storage/orders.ts';

/** Where an order stands, for the eyes of an operator: of the person no more than which fields are there. */
export function redactedRow(row: OrderRow, copies: readonly RawCopy[] = []) {
  const { order, origin } = row;
  return {
    order: orderPk(row),
    name: itemName(row),
    state: row.state,
    ...(row.review && { review: reviewOf(row.review) }),
    ...(order && {
      ...(order.displayNumber === undefined ? {} : { displayNumber: order.displayNumber }),
      ...(order.courierCode === undefined ? {} : { courierCode: order.courierCode }),
      ...(order.outletId === undefined ? {} : { outlet: order.outletId }),
      status: order.status,
      payment: order.payment.status,
      fulfilment: order.fulfilment.status,
      platformWords: order.platformStatus,
      ...(order.placedAt === undefined ? {} : { placedAt: order.placedAt }),
      ...(order.updatedAt === undefined ? {} : { updatedAt: order.updatedAt }),
      ...(order.promisedFor === undefined ? {} : { promisedFor: order.promisedFor }),
      total: totalText(order),
      lines: order.lines?.length ?? 'not known',
      items: (order.lines ?? []).map(itemText),
      parcels: order.fulfilment.parcels.map(({ status, carrier, trackingCode }) => ({
        status,
        ...(carrier === undefined ? {} : { carrier }),
        ...(trackingCode === undefined ? {} : { trackingCode }),
      })),
      warnings: order.warnings,
    }),
    personal: row.erased
      ? `erased ${isoTime(row.erased.at)} (${row.erased.because})`
      : Object.keys(row.personal ?? {}).sort(),
    acknowledged: Object.entries(row.acknowledgements ?? {}).map(([client, { erpId, version, at }]) => ({
      client,
      erpId,
      version,
      at,
    })),
    ...(row.acknowledgeBy === undefined ? {} : { acknowledgeBy: row.acknowledgeBy }),
    version: row.version,
    changedAt: row.changedAt,
    ...(row.sourceTime === undefined ? {} : { platformTime: isoTime(row.sourceTime) }),
    ...(neverCame(row)
      ? {}
      : {
          observedAt: isoTime(row.observedAt),
          first: { via: origin.first.via, at: isoTime(origin.first.at) },
          last: { via: origin.last.via, at: isoTime(origin.last.at) },
        }),
    ...(origin.lagMs === undefined ? {} : { lagSeconds: Math.round(origin.lagMs / 1000) }),
    correlationId: row.correlationId,
    kept: copies.map(({ sha256, expiresAt }) => ({
      sha256,
      until: isoTime(expiresAt * 1000),
      ...(sha256 === row.raw?.sha256 ? { current: true } : {}),
    })),
  };
}

const reviewOf = ({ at, dismissedAt, ...review }: NonNullable<OrderRow['review']>) => ({
  ...review,
  at: isoTime(at),
  ...(dismissedAt === undefined ? {} : { dismissedAt: isoTime(dismissedAt) }),
});

const itemText = ({ quantity, unit, sku, name, unitPrice }: OrderLine) => ({
  quantity,
  ...(unit === 'unit' ? {} : { unit }),
  ...(sku === undefined ? {} : { sku }),
  name,
  ...(unitPrice === undefined ? {} : { unitPrice }),
});

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
