import type * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Address } from '../../../domain/order.ts';
import { object } from '../../reading/forms.ts';
import { omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import { nameForm, orText, text } from './fields.ts';
import { filled } from './texts.ts';

/** An address as orders print it. */
export const address = lazily(() =>
  orText('address', {
    address: text(),
    number: text(),
    floor: text(),
    locality: nameForm(),
    city: nameForm(),
    province: nameForm(),
    country: nameForm(),
    zipcode: text(),
    name: text(),
    phone: text(),
    customs: object({ reference: text(), between_streets: text() }),
  }),
);
export type NuvemshopAddress = NonNullable<z.output<ReturnType<typeof address>>>;

/** An address as fulfilment orders print it. */
export const place = lazily(() =>
  orText('street', {
    zipcode: text(),
    street: text(),
    number: text(),
    floor: text(),
    locality: nameForm(),
    city: nameForm(),
    reference: text(),
    between_streets: text(),
    province: nameForm(),
    country: nameForm(),
  }),
);
export type Place = NonNullable<z.output<ReturnType<typeof place>>>;

export function readAddress(source: Partial<NuvemshopAddress>): Address | undefined {
  return addressOf({ ...source, street: source.address, ...source.customs });
}

/** A place as fulfilment orders print it. */
export const readPlace = (source: Place | null | undefined): Address | undefined =>
  source ? addressOf(source) : undefined;

function addressOf(source: Partial<Place>): Address | undefined {
  const hints = [source.reference, source.between_streets].map(filled).filter(Boolean);
  return omitUndefinedOrNothing({
    street: filled(source.street),
    number: filled(source.number),
    floor: filled(source.floor),
    locality: filled(nameOf(source.locality)),
    city: filled(nameOf(source.city)),
    province: filled(nameOf(source.province)),
    postalCode: filled(source.zipcode),
    country: filled(codeOf(source.country)),
    instructions: hints.length === 0 ? undefined : hints.join('; '),
  });
}

type Named = Place['province'];
/** The name of something that may be written as a name alone. */
export const nameOf = (named: Named): string | undefined =>
  typeof named === 'object' && named !== null ? (filled(named.name) ?? filled(named.code)) : filled(named);
/** Countries stand as codes in addresses of orders. */
const codeOf = (named: Named): string | undefined =>
  typeof named === 'object' && named !== null ? (filled(named.code) ?? filled(named.name)) : filled(named);
