import type { Address, Order } from '../../../domain/order.ts';
import { type Amounts, readOptionalNumber } from '../../reading/amounts.ts';
import { omitUndefined, omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import type { ItemReading } from './lines.ts';
import type { PedidosyaAddress, PedidosyaCustomer, PedidosyaOrder } from './schema.ts';

/** What a message says about the buyer; `complete` is false when it hides or lacks something that the row may know. */
export interface PersonalReading {
  personal: Order['personal'];
  complete: boolean;
}

/**
 * Reads the buyer, who receives the goods as well; a company at the address is the recipient. PedidosYa leaves the customer
 * out, sends null, or masks names and numbers with asterisks: masked values are left out, because `A**` is nobody's name,
 * and the reading is then not complete.
 */
export function readPersonal(
  order: PedidosyaOrder,
  items: readonly ItemReading[] | undefined,
  amounts: Amounts,
): PersonalReading {
  const { customer } = order;
  // Free text may use asterisks as people do.
  const texts = omitUndefined({
    note: order.comment?.trim() || undefined,
    lineProperties: readWishes(items),
  });
  if (!customer) return { personal: texts, complete: false };
  const name = [customer.first_name, customer.last_name].map(clear).filter(Boolean).join(' ');
  const nationalId = clear(customer.national_id);
  const documentId = nationalId ?? clear(customer.tax_id);
  const company = clear(customer.delivery_address?.company);
  const personal = omitUndefined({
    name: name === '' ? undefined : name,
    phone: clear(customer.phone_number),
    documentId,
    documentType: documentId === undefined ? undefined : nationalId ? 'national_id' : 'tax_id',
    customerId: clear(customer._id),
    loyaltyId: clear(customer.loyalty_card),
    recipient: company === undefined ? undefined : { name: company },
    shippingAddress: readAddress(customer.delivery_address, amounts),
    ...texts,
  });
  return { personal, complete: items !== undefined && !isMasked(customer) };
}

/** What the buyer asks of single lines. */
function readWishes(items: readonly ItemReading[] | undefined): Order['personal']['lineProperties'] {
  const wishes = (items ?? []).flatMap(({ line: { lineId }, instructions }) =>
    instructions === undefined
      ? []
      : [{ lineId, properties: [{ name: 'instructions', value: instructions }] }],
  );
  return wishes.length > 0 ? wishes : undefined;
}

function readAddress(address: PedidosyaAddress | null | undefined, amounts: Amounts): Address | undefined {
  if (!address) return undefined;
  const inside = [address.floor, address.apartment, address.block, address.building, address.entrance];
  const floor = inside.map(clear).filter(Boolean).join(' ');
  const intercom = clear(address.intercom);
  const instructions = [address.instructions?.trim(), intercom && `intercom: ${intercom}`].filter(Boolean);
  return omitUndefinedOrNothing({
    street: clear(address.street) ?? clear(address.formattedAddress),
    number: clear(address.number),
    floor: floor === '' ? undefined : floor,
    locality: clear(address.suburb),
    city: clear(address.city),
    postalCode: clear(address.zipcode) ?? clear(address.postal_code),
    country: clear(address.country),
    instructions: instructions.join('; ') || undefined,
    ...readPlace(address, amounts),
  });
}

/** Both degrees or none; 0 and 0 lie in the sea, and say that nobody filled them in. */
function readPlace(
  { latitude, longitude }: PedidosyaAddress,
  amounts: Amounts,
): Pick<Address, 'latitude' | 'longitude'> {
  const path = 'customer.delivery_address';
  const north = readOptionalNumber(latitude, { least: -90, most: 90 }, `${path}.latitude`, amounts);
  const east = readOptionalNumber(longitude, { least: -180, most: 180 }, `${path}.longitude`, amounts);
  if (north === undefined || east === undefined || (north === 0 && east === 0)) return {};
  return { latitude: north, longitude: east };
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
