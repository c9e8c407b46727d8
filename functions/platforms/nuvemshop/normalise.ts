import { type Normalised, type Order, orderSchema } from '../../domain/order.ts';
import {
  type Amounts,
  createAmounts,
  describe,
  omitUndefined,
  omitUndefinedOrNothing,
  readTolerantly,
  shorten,
} from '../reading/tolerant-reader.ts';
import { readLines, readParcels, readTotals } from './order/contents.ts';
import {
  isRequired,
  latest,
  type NuvemshopAddress,
  type NuvemshopOrder,
  nuvemshopOrderSchema,
  readOrderTime,
} from './order/schema.ts';
import { countsAsSale, fulfilmentStatus, orderStatus, paymentStatus } from './order/statuses.ts';

/** Every moment at which the order is known to have changed, besides those of its fulfilment orders. */
const CHANGES = ['updated_at', 'cancelled_at', 'closed_at', 'paid_at', 'completed_at'] as const;

/**
 * Makes the normalised order of Nuvemshop's order object, best the answer of `GET /orders/{id}` with
 * `aggregates=fulfillment_orders`: lists give the fulfilment orders in part only (reference, order page).
 *
 * `updatedAt` is the latest of all the times the order states, because an official sample was cancelled after its own
 * `updated_at`. An order of another store gives `foreign-store`. Never throws, whatever the JSON.
 *
 * @param settings.storeId stands in where the order names no store (v1).
 */
export function normaliseNuvemshopOrder(json: unknown, settings: { storeId: string }): Normalised {
  const refuse = refusal(json, settings.storeId);
  const reading = readTolerantly(nuvemshopOrderSchema, json, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const source = reading.value;
  const storeId = source.store_id ?? settings.storeId;
  if (storeId !== settings.storeId) {
    const problem = 'store_id is not the configured store';
    return { ok: false, reason: 'foreign-store', problem, storeId, platformOrderId: source.id };
  }
  const amounts = createAmounts(source.currency);
  amounts.warnings.push(...reading.warnings);
  const order = assemble(source, storeId, amounts);
  if (amounts.problems.length > 0) return refuse(amounts.problems.slice(0, 5).join('; '));
  const checked = orderSchema.safeParse({ ...order, warnings: shorten(amounts.warnings) });
  return checked.success ? { ok: true, order: checked.data } : refuse(describe(checked.error.issues));
}

function assemble(source: NuvemshopOrder, storeId: string, amounts: Amounts): Omit<Order, 'warnings'> {
  const lines = readLines(source, amounts);
  const { parcels, kind, ...ofParcels } = readParcels(source);
  amounts.warnings.push(...ofParcels.warnings);
  const payment = paymentStatus(source.payment_status);
  const fulfilment = fulfilmentStatus(
    source.shipping_status,
    parcels.map(({ status }) => status),
  );
  const status = orderStatus(source.status, payment, fulfilment);
  const changes = CHANGES.map((field) => timeOf(source, field, amounts));
  return omitUndefined<Omit<Order, 'warnings'>>({
    platform: 'nuvemshop',
    storeId,
    platformOrderId: source.id,
    displayNumber: source.number || undefined,
    status,
    payment: omitUndefined({
      status: payment,
      method: source.payment_details?.method || undefined,
      gateway: source.gateway || undefined,
      paidAt: readOrderTime(source.paid_at),
    }),
    // The carriers are the platform's and the merchant's own alike; nothing tells them apart.
    fulfilment: { status: fulfilment, kind, by: 'unknown', parcels },
    platformStatus: omitUndefined({
      status: source.status,
      payment: source.payment_status || undefined,
      fulfilment: source.shipping_status || undefined,
      cancelReason: source.cancel_reason || undefined,
    }),
    countsAsSale: countsAsSale(status, payment),
    currency: source.currency,
    totals: readTotals(source, lines, { parcels, kind, ...ofParcels }, amounts),
    lines,
    placedAt: timeOf(source, 'created_at', amounts),
    updatedAt: latest([...changes, ofParcels.updatedAt]),
    promisedFor: ofParcels.promisedFor,
    personal: readPersonal(source),
  });
}

function timeOf(
  source: NuvemshopOrder,
  field: 'created_at' | (typeof CHANGES)[number],
  amounts: Amounts,
): string | undefined {
  const value = source[field];
  const time = readOrderTime(value);
  if (value && time === undefined) amounts.warnings.push(`${field} is not a date and time, left out`);
  return time;
}

function refusal(json: unknown, storeId: string): (problem: string) => Normalised {
  const id = nuvemshopOrderSchema.pick({ id: true }).safeParse(json);
  return (problem) =>
    id.success
      ? { ok: false, reason: 'schema-mismatch', problem, storeId, platformOrderId: id.data.id }
      : { ok: false, reason: 'missing-id', problem, storeId };
}

type Text = string | null | undefined;

/** What the platform writes where the buyer said nothing (Nuvemshop reference, order page, default values). */
const FILLERS = new Set(['no informado', 'nao informado', 'email@noinformado.com', 'email@naoinformado.com']);

/** Reads everything that names or reaches a person. Fillers for absent data are left out: nobody lives in "No informado". */
export function readPersonal(order: NuvemshopOrder): Order['personal'] {
  const { customer } = order;
  const documentId = filled(order.contact_identification) ?? filled(customer?.identification);
  const notes = [order.note, order.owner_note].map(filled).filter((note) => note !== undefined);
  return omitUndefined({
    name: filled(order.contact_name) ?? filled(customer?.name) ?? filled(order.shipping_address?.name),
    email: filled(order.contact_email) ?? filled(customer?.email),
    phone: filled(order.contact_phone) ?? filled(customer?.phone) ?? filled(order.shipping_address?.phone),
    documentId,
    documentType: documentId === undefined ? undefined : filled(order.billing_document_type),
    customerId: customer?.id ?? undefined,
    billing: omitUndefinedOrNothing({
      name: filled(order.billing_name),
      businessName: filled(order.billing_business_name),
      address: readBillingAddress(order),
    }),
    shippingAddress: order.shipping_address ? readAddress(order.shipping_address) : undefined,
    note: notes.length === 0 ? undefined : notes.join('\n'),
  });
}

function readBillingAddress(order: NuvemshopOrder): Order['personal']['shippingAddress'] {
  return readAddress({
    address: order.billing_address,
    number: order.billing_number,
    floor: order.billing_floor,
    locality: order.billing_locality,
    city: order.billing_city,
    province: order.billing_province,
    country: order.billing_country,
    zipcode: order.billing_zipcode,
  });
}

function readAddress(source: Partial<NuvemshopAddress>): Order['personal']['shippingAddress'] {
  const hints = [source.customs?.reference, source.customs?.between_streets].map(filled).filter(Boolean);
  return omitUndefinedOrNothing({
    street: filled(source.address),
    number: filled(source.number),
    floor: filled(source.floor),
    locality: filled(source.locality),
    city: filled(source.city),
    province: filled(source.province),
    postalCode: filled(source.zipcode),
    country: filled(source.country),
    instructions: hints.length === 0 ? undefined : hints.join('; '),
  });
}

function filled(text: Text): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || /^0{4,}$/.test(trimmed)) return undefined;
  const plain = trimmed.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return FILLERS.has(plain) ? undefined : trimmed;
}
