import type { Address, Order, Recipient } from '../../../domain/order.ts';
import { omitUndefined, omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import type { LineReading } from './contents.ts';
import { filled, namedTextsOf, type ParcelReading } from './forms.ts';
import type { NuvemshopAddress, NuvemshopOrder } from './schema.ts';

type Personal = Order['personal'];

/** Reads everything that names or reaches a person, and what persons wrote. Fillers for absent data are left out. */
export function readPersonal(
  order: NuvemshopOrder,
  lines: readonly LineReading[],
  parcels: readonly ParcelReading[],
): Personal {
  const { customer } = order;
  const documentId = filled(order.contact_identification) ?? filled(customer?.identification);
  return omitUndefined<Personal>({
    name: filled(order.contact_name) ?? filled(customer?.name) ?? filled(order.billing_name),
    email: filled(order.contact_email) ?? filled(customer?.email),
    phone: filled(order.contact_phone) ?? filled(customer?.phone) ?? filled(order.billing_phone),
    documentId,
    documentType: documentId === undefined ? undefined : filled(order.billing_document_type),
    customerId: customer?.id,
    billing: readBilling(order),
    recipient: recipientOf(order, parcels),
    shippingAddress: order.shipping_address
      ? readAddress(order.shipping_address)
      : sameOf(parcels.map(({ address }) => address)),
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
      [...namedTextsOf(order.custom_fields), ...namedTextsOf(order.extra)].map(({ id, name, value }) =>
        omitUndefined({ fieldId: id?.slice(0, 128), name, value }),
      ),
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

function readAddress(source: Partial<NuvemshopAddress>): Address | undefined {
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

/** What all parcels say alike; undefined where they differ. */
function sameOf<T>(values: readonly (T | undefined)[]): T | undefined {
  const [first, ...others] = values.filter((value) => value !== undefined);
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
}

const listOrNothing = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);
