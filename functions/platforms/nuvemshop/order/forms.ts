import * as z from 'zod';
import type { Address, OrderParcel, Recipient } from '../../../domain/order.ts';
import { omitUndefinedOrNothing, readTolerantly } from '../../reading/tolerant-reader.ts';
import { amount, type NuvemshopOrder, object, optionalId, text } from './schema.ts';

/** A field with a name, of a form or of the merchant's own. */
export interface NamedText {
  id?: string;
  name: string;
  value: string;
}

/** A list of the platform; PHP writes one with gaps as an object. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  return keys.every((key) => /^\d+$/.test(key)) ? Object.values(value) : [];
}

/**
 * Names and values, whichever way they are written: objects with `name` (or `key`) and `value`, or one object from names to
 * values. What is no text has none.
 */
export function namedTextsOf(value: unknown): NamedText[] {
  if (isObject(value) && listOf(value).length === 0)
    return Object.entries(value).flatMap(([name, one]) => named(name, undefined, one));
  return listOf(value).flatMap((one) => {
    if (!isObject(one)) return [];
    const name = plainText(one.name) || plainText(one.key);
    return named(name, plainText(one.id), one.value);
  });
}

function named(name: string | undefined, id: string | undefined, value: unknown): NamedText[] {
  const said = valueText(value);
  if (!name || !said) return [];
  return [{ ...(id ? { id } : {}), name, value: said }];
}

/** A text of one language, or the first of several that says something. */
export function textOf(value: unknown): string | undefined {
  const text = isObject(value) ? Object.values(value).map(plainText).find(Boolean) : plainText(value);
  return text || undefined;
}

function valueText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join(', ');
  return plainText(value);
}

/** A text as the table can hold it; numbers and truth values as they are written. */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return String(value).toWellFormed().trim();
}

/** What the platform writes where the buyer said nothing (Nuvemshop reference, order page, default values). */
const FILLER = /^(?:(?:na?o informado\s*)+|email@na?oinformado\.com|0{4,})$/;

/** A text that says something of somebody: nobody lives in "No informado". */
export function filled(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  const plain = trimmed.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return trimmed === '' || FILLER.test(plain) ? undefined : trimmed;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const money = object({ value: amount, currency: text });
const nameForm = z.union([text, object({ name: text, code: text })]);

/** An address as fulfilment orders print it. */
const place = object({
  zipcode: text,
  street: text,
  number: text,
  floor: text,
  locality: text,
  city: text,
  reference: text,
  between_streets: text,
  province: nameForm,
  country: nameForm,
});
export type Place = NonNullable<z.output<typeof place>>;

const lineItem = object({
  id: optionalId,
  /** The line's id in samples of orders, and in those of fulfilment orders. */
  order_line_item_id: optionalId,
  external_id: optionalId,
  quantity: amount,
  variant: object({ variant_id: optionalId }),
});

/**
 * A fulfilment order inside an order. In one of the reference's samples `assigned_location` names its id `id`, elsewhere
 * `location_id`. On lists the objects are partial. Nothing is required, so that an odd field costs itself alone.
 */
export const parcelSchema = z.object({
  id: optionalId,
  number: text,
  status: text,
  assigned_location: object({ location_id: optionalId, id: optionalId }),
  line_items: z.array(lineItem).nullish(),
  recipient: object({ name: text, phone: text, identifier: text }),
  destination: place,
  shipping: object({
    type: text,
    carrier: nameForm,
    option: nameForm,
    consumer_cost: money,
    merchant_cost: money,
    min_delivery_date: text,
    max_delivery_date: text,
    pickup_details: object({ name: text, address: place }),
  }),
  tracking_info: object({ code: text, url: text }),
  status_history: z.array(object({ to_status: text, happened_at: text })).nullish(),
  fulfilled_at: text,
  updated_at: text,
});
export type SourceParcel = z.output<typeof parcelSchema>;
export type SourceLineItem = NonNullable<z.output<typeof lineItem>>;

export interface FoundParcel {
  id: string;
  /** Where it stands in the payload. */
  at: string;
  /** Absent where the platform gave its id alone. */
  source?: SourceParcel;
}

/**
 * Finds the order's fulfilment orders in both lists, whichever of the two names they came under: as objects, as bare ULIDs, as
 * ids in one list and objects in the other. An object wins over its id.
 */
export function findParcels(order: NuvemshopOrder, warnings: string[]): FoundParcel[] {
  const found = new Map<string, FoundParcel>();
  const names = ['fulfillments', 'fulfillment_orders'] as const;
  for (const name of names) {
    const list = order[name];
    if (list !== null && list !== undefined && listOf(list).length === 0 && !isEmpty(list))
      warnings.push(`left out: ${name} is no list`);
    for (const [index, entry] of listOf(list).entries()) {
      const at = `${name}[${index}]`;
      const parcel = read(entry, at, warnings);
      if (parcel === undefined) continue;
      const known = found.get(parcel.id);
      if (known?.source === undefined) found.set(parcel.id, parcel);
    }
  }
  return [...found.values()];
}

function read(entry: unknown, at: string, warnings: string[]): FoundParcel | undefined {
  if (entry === null) return undefined;
  if (!isObject(entry)) {
    const id = optionalId.safeParse(entry).data;
    if (id === undefined || typeof entry !== 'string')
      warnings.push(`${at} left out: it is no fulfilment order`);
    return id === undefined || typeof entry !== 'string' ? undefined : { id, at };
  }
  const reading = readTolerantly(parcelSchema, entry, ([head]) => head === undefined);
  if (!reading.ok) {
    warnings.push(`${at} left out: ${reading.problem}`);
    return undefined;
  }
  warnings.push(...reading.warnings.map((warning) => `${at} ${warning}`));
  const id = reading.value.id ?? reading.value.number?.trim();
  if (!id) {
    warnings.push(`${at} left out: id is missing`);
    return undefined;
  }
  if (reading.value.id === undefined) warnings.push(`${at}.id is missing, its number stands in`);
  return { id, at, source: reading.value };
}

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);

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
