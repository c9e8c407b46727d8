import type { Order } from '../../../domain/order.ts';
import { omitUndefined, omitUndefinedOrNothing } from '../../reading/compact.ts';
import type { PedidosyaCustomer, PedidosyaOrder } from './schema.ts';

/** What a message says about the buyer; `complete` is false when it hides or lacks something that the row may know. */
export interface PersonalReading {
  personal: Order['personal'];
  complete: boolean;
}

/**
 * Reads the buyer. PedidosYa leaves the customer out, sends null, or masks names and numbers with asterisks: masked
 * values are left out, because `A**` is nobody's name, and the reading is then not complete.
 */
export function readPersonal(order: PedidosyaOrder): PersonalReading {
  // Free text may use asterisks as people do.
  const note = order.comment?.trim() || undefined;
  const { customer } = order;
  if (!customer) return { personal: omitUndefined({ note }), complete: false };
  const name = [customer.first_name, customer.last_name].map(clear).filter(Boolean).join(' ');
  const nationalId = clear(customer.national_id);
  const documentId = nationalId ?? clear(customer.tax_id);
  const personal = omitUndefined({
    name: name === '' ? undefined : name,
    phone: clear(customer.phone_number),
    documentId,
    documentType: documentId === undefined ? undefined : nationalId ? 'national_id' : 'tax_id',
    customerId: clear(customer._id),
    shippingAddress: readAddress(customer.delivery_address),
    note,
  });
  return { personal, complete: !isMasked(customer) };
}

function readAddress(address: PedidosyaCustomer['delivery_address']): Order['personal']['shippingAddress'] {
  if (!address) return undefined;
  const inside = [address.floor, address.apartment, address.block, address.building, address.entrance];
  const floor = inside.map(clear).filter(Boolean).join(' ');
  return omitUndefinedOrNothing({
    street: clear(address.street) ?? clear(address.formattedAddress),
    number: clear(address.number),
    floor: floor === '' ? undefined : floor,
    locality: clear(address.suburb),
    city: clear(address.city),
    postalCode: clear(address.zipcode) ?? clear(address.postal_code),
    country: clear(address.country),
    instructions: address.instructions?.trim() || undefined,
  });
}

function clear(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' || trimmed.includes('*') ? undefined : trimmed;
}

function isMasked({ delivery_address, ...fields }: PedidosyaCustomer): boolean {
  const { instructions: _, ...address } = delivery_address ?? {};
  const values = [...Object.values(fields), ...Object.values(address)];
  return values.some((value) => typeof value === 'string' && value.includes('*'));
}
