import type { Address, OrderParcel, Recipient } from '../../../domain/order.ts';
import { omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import type { Place } from './parcel-schema.ts';
import { filled, textOf } from './texts.ts';

/** A parcel, with the person it goes to, who stands apart. */
export interface ParcelReading {
  parcel: OrderParcel;
  kind?: string | undefined;
  recipient?: Recipient | undefined;
  address?: Address | undefined;
  updatedAt?: string | undefined;
}

/** A place as fulfilment orders print it. */
export function readPlace(place: Place | null | undefined): Address | undefined {
  if (!place) return undefined;
  const hints = [place.reference, place.between_streets].map(filled).filter(Boolean);
  return omitUndefinedOrNothing({
    street: filled(place.street),
    number: filled(place.number),
    floor: filled(place.floor),
    locality: filled(place.locality),
    city: filled(place.city),
    province: filled(nameOf(place.province)),
    postalCode: filled(place.zipcode),
    country: filled(codeOf(place.country)),
    instructions: hints.length === 0 ? undefined : hints.join('; '),
  });
}

type Named = Place['province'];
/** The name of something that may be written as a name alone. */
export const nameOf = (named: Named): string | undefined =>
  typeof named === 'object' && named !== null
    ? named.name?.trim() || named.code?.trim() || undefined
    : textOf(named);
/** Countries stand as codes in addresses of orders. */
const codeOf = (named: Named): string | undefined =>
  typeof named === 'object' && named !== null
    ? named.code?.trim() || named.name?.trim() || undefined
    : textOf(named);
