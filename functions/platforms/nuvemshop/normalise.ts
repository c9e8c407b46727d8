import { lazily } from '../../domain/lazily.ts';
import type { Normalised, Order, Recipient } from '../../domain/order.ts';
import { type Amounts, withAmounts } from '../reading/amounts.ts';
import {
  checkOrder,
  omitUndefined,
  omitUndefinedOrNothing,
  readTolerantly,
} from '../reading/tolerant-reader.ts';
import { type LineReading, readDiscounts, readLines, readTotals } from './order/contents.ts';
import type { ParcelReading } from './order/forms.ts';
import { handedOver, liveOf, type ParcelsReading, readParcels } from './order/parcels.ts';
import { readAddress } from './order/places.ts';
import { isRequired, type NuvemshopOrder, nuvemshopOrderSchema } from './order/schema.ts';
import { countsAsSale, fulfilmentStatus, orderStatus, paymentStatus } from './order/statuses.ts';
import { filled, namedTextsOf } from './order/texts.ts';
import { latest, readOrderTime } from './order/times.ts';

/** Every moment at which the order is known to have changed, besides those of its fulfilment orders. */
const CHANGES = ['updated_at', 'cancelled_at', 'closed_at', 'paid_at', 'completed_at'] as const;
/** Fulfilment orders are there soon after the order was placed (s). */
const PARCELS_FOLLOW_S = 10;

/**
 * Makes the normalised order of Nuvemshop's order object, best the answer of `GET /orders/{id}` with
 * `aggregates=fulfillment_orders,custom_fields`: lists give the fulfilment orders in part only (reference, order page).
 *
 * `updatedAt` is the latest of all the times the order states, because an official sample was cancelled after its own
 * `updated_at`. An order of another store gives `foreign-store`. Never throws, whatever the JSON.
 *
 * @param settings.storeId stands in where the order names no store (v1).
 */
export function normaliseNuvemshopOrder(json: unknown, settings: { storeId: string }): Normalised {
  const refuse = (problem: string) => refusal(json, settings.storeId, problem);
  const reading = readTolerantly(nuvemshopOrderSchema(), json, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const source = reading.value;
  const storeId = source.store_id ?? settings.storeId;
  if (storeId !== settings.storeId) {
    const problem = 'store_id is not the configured store';
    return { ok: false, reason: 'foreign-store', problem, storeId, platformOrderId: source.id };
  }
  return withAmounts(source.currency, 'point', (amounts) => {
    amounts.warnings.push(...reading.warnings);
    const { order, incomplete } = assemble(source, storeId, amounts);
    if (amounts.problems.length > 0) return refuse(amounts.problems.slice(0, 5).join('; '));
    const checked = checkOrder({ ...order, warnings: amounts.warnings });
    if (!checked.ok) return refuse(checked.problem);
    return {
      ...checked,
      ...(incomplete ? { incomplete: { lookAgainInSeconds: PARCELS_FOLLOW_S } } : {}),
    };
  });
}

interface Assembled {
  order: Omit<Order, 'warnings'>;
  incomplete: boolean;
}

function assemble(source: NuvemshopOrder, storeId: string, amounts: Amounts): Assembled {
  const readings = readLines(source, amounts);
  const lines = readings.map(({ line }) => line);
  const { found, kind, incomplete }: ParcelsReading = readParcels(source, lines, amounts);
  const parcels = found.map(({ parcel }) => parcel);
  const payment = paymentStatus(source.payment_status);
  const fulfilment = fulfilmentStatus(
    source.shipping_status,
    handedOver(found).map(({ parcel }) => parcel.status),
  );
  const wasCancelled = readOrderTime(source.cancelled_at) !== undefined;
  const status = orderStatus(source.status, payment, fulfilment, { wasCancelled });
  const changes = CHANGES.map((field) => timeOf(source, field, amounts));
  const totals = readTotals(source, { lines, parcels, payment }, amounts);
  const order = omitUndefined<Omit<Order, 'warnings'>>({
    platform: 'nuvemshop',
    storeId,
    platformOrderId: source.id,
    displayNumber: source.number?.trim() || undefined,
    channel: omitUndefinedOrNothing({ name: source.storefront?.trim() || undefined, appId: source.app_id }),
    status,
    payment: omitUndefined({
      status: payment,
      method: source.payment_details?.method?.trim() || undefined,
      gateway: source.gateway?.trim() || undefined,
      gatewayId: idIn(source.gateway_id),
      instalments: instalmentsOf(source),
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
    totals,
    discounts: readDiscounts(source, { lines, totals }, amounts),
    lines,
    placedAt: timeOf(source, 'created_at', amounts),
    updatedAt: latest([...changes, ...found.map(({ updatedAt }) => updatedAt)]),
    promisedFor: latest(liveOf(found).map(({ parcel }) => parcel.promised?.to)),
    personal: readPersonal(source, readings, found),
  });
  return { order, incomplete };
}

/** A text that names something; 0 names nothing. */
const idIn = (text: string | null | undefined): string | undefined => {
  const id = text?.trim() ?? '';
  return id === '' || id === '0' ? undefined : id;
};

function instalmentsOf({ payment_details }: NuvemshopOrder): number | undefined {
  const [, count] =
    /^([1-9]\d{0,3})(?:\.0+)?(?: ?x| cuotas?| parcelas?)?$/i.exec(
      payment_details?.installments?.trim() ?? '',
    ) ?? [];
  return count === undefined ? undefined : Number(count);
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

const idAlone = lazily(() => nuvemshopOrderSchema().pick({ id: true }));

function refusal(json: unknown, storeId: string, problem: string): Normalised {
  const id = idAlone().safeParse(json);
  return id.success
    ? { ok: false, reason: 'schema-mismatch', problem, storeId, platformOrderId: id.data.id }
    : { ok: false, reason: 'missing-id', problem, storeId };
}

type Personal = Order['personal'];

/** Reads everything that names or reaches a person, and what persons wrote. Fillers for absent data are left out. */
export function readPersonal(
  order: NuvemshopOrder,
  lines: readonly LineReading[],
  parcels: readonly ParcelReading[],
): Personal {
  const { customer } = order;
  const live = liveOf(parcels);
  const documentId = filled(order.contact_identification) ?? filled(customer?.identification);
  return omitUndefined<Personal>({
    name: filled(order.contact_name) ?? filled(customer?.name) ?? filled(order.billing_name),
    email: filled(order.contact_email) ?? filled(customer?.email),
    phone: filled(order.contact_phone) ?? filled(customer?.phone) ?? filled(order.billing_phone),
    documentId,
    documentType: documentId === undefined ? undefined : filled(order.billing_document_type),
    customerId: customer?.id,
    billing: readBilling(order),
    recipient: recipientOf(order, live),
    shippingAddress: readAddress(order.shipping_address ?? {}) ?? sameOf(live.map(({ address }) => address)),
    note: filled(order.note),
    merchantNote: filled(order.owner_note),
    parcels: listOrNothing(
      parcels.flatMap(({ parcel: { parcelId }, recipient, address }) =>
        recipient === undefined && address === undefined
          ? []
          : [omitUndefined({ parcelId, recipient, address })],
      ),
    ),
    lineProperties: listOrNothing(
      lines.flatMap(({ line: { lineId }, properties }) =>
        properties.length === 0 ? [] : [{ lineId, properties }],
      ),
    ),
    customFields: listOrNothing(
      [order.custom_fields, order.extra, order.attributes]
        .flatMap((fields) => namedTextsOf(fields))
        .map(({ id, name, value }) => omitUndefined({ fieldId: id?.slice(0, 128), name, value })),
    ),
  });
}

/** The shipping address names who receives the goods; where there is none, the parcels may. */
function recipientOf(order: NuvemshopOrder, parcels: readonly ParcelReading[]): Recipient | undefined {
  const ofParcels = sameOf(parcels.map(({ recipient }) => recipient));
  const name = filled(order.shipping_address?.name);
  const phone = filled(order.shipping_address?.phone);
  if (name === undefined && phone === undefined) return ofParcels;
  const documentId = ofParcels?.name === name ? ofParcels?.documentId : undefined;
  return omitUndefined({ name, phone, documentId });
}

function readBilling(order: NuvemshopOrder): Personal['billing'] {
  return omitUndefinedOrNothing({
    name: filled(order.billing_name),
    businessName: filled(order.billing_business_name),
    tradeName: filled(order.billing_trade_name),
    customerType: filled(order.billing_customer_type),
    phone: filled(order.billing_phone),
    stateRegistration: order.billing_state_registration?.trim() || undefined,
    taxRegime: filled(order.billing_fiscal_regime),
    invoiceUse: filled(order.billing_invoice_use),
    address: readAddress({
      address: order.billing_address,
      number: order.billing_number,
      floor: order.billing_floor,
      locality: order.billing_locality,
      city: order.billing_city,
      province: order.billing_province,
      country: order.billing_country,
      zipcode: order.billing_zipcode,
    }),
  });
}

/** What all parcels say alike; undefined where they differ. */
function sameOf<T>(values: readonly (T | undefined)[]): T | undefined {
  const [first, ...others] = values.filter((value) => value !== undefined);
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
}

const listOrNothing = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);
