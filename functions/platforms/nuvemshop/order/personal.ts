import type { Order } from '../../../domain/order.ts';
import { omitUndefined, omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import type { NuvemshopAddress, NuvemshopOrder } from './schema.ts';

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
