import * as z from 'zod';
import { isObject } from '../../../domain/json-object.ts';
import type { Address, OrderParcel, Recipient } from '../../../domain/order.ts';
import { asList, listOf } from '../../reading/forms.ts';
import { omitUndefined, omitUndefinedOrNothing, readTolerantly } from '../../reading/tolerant-reader.ts';
import { amount, type NuvemshopOrder, object, optionalId, text, time } from './schema.ts';

/** A field with a name, of a form or of the merchant's own. */
export interface NamedText {
  id?: string;
  name: string;
  value: string;
}

/**
 * Names and values, whichever way they are written: objects with a name and a value, one object from names to values, JSON of
 * either in a text, or a text alone.
 *
 * @param alone the name of a text that has none
 */
export function namedTextsOf(value: unknown, alone?: string): NamedText[] {
  if (typeof value === 'string') {
    const inside = jsonIn(value);
    return inside === undefined ? named(alone, undefined, value) : namedTextsOf(inside, alone);
  }
  if (isObject(value) && listOf(value).length === 0) {
    const own = nameIn(value);
    return own !== undefined && value.value !== undefined
      ? named(own, plainText(value.id), value.value)
      : Object.entries(value).flatMap(([name, one]) => named(name, undefined, one));
  }
  return listOf(value).flatMap((one) =>
    isObject(one) ? named(nameIn(one), plainText(one.id), one.value) : named(alone, undefined, one),
  );
}

const nameIn = ({ name, key, label, title }: Record<string, unknown>): string | undefined =>
  [name, key, label, title].map(plainText).find(Boolean);

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function named(name: string | undefined, id: string | undefined, value: unknown): NamedText[] {
  const said = valueText(value);
  if (!name || !said) return [];
  return [{ ...(id ? { id } : {}), name, value: said }];
}

/** As `es` or `pt_BR`. */
const LANGUAGE = /^[a-z]{2}([_-][a-z]{2})?$/i;

/** A text of one language, or the first of several that says something. */
export function textOf(value: unknown): string | undefined {
  if (!isObject(value)) return plainText(value) || undefined;
  const languages = Object.keys(value).filter((key) => LANGUAGE.test(key) && key !== 'id');
  const keys = languages.length > 0 ? languages : Object.keys(value).filter((key) => key !== 'id');
  return keys.map((key) => plainText(value[key])).find(Boolean);
}

/** The texts of a value, at any depth that a form has. */
function valueText(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return plainText(value);
  if (depth > 3) return undefined;
  const inner = Object.values(value).map((one) => valueText(one, depth + 1));
  return inner.filter(Boolean).join(', ');
}

/** A text as the table can hold it; numbers and truth values as they are written. */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return String(value).toWellFormed().trim();
}

/** What the platform writes where the buyer said nothing (Nuvemshop reference, order page, default values). */
const FILLER = /^(?:(?:na?o informado\s*)+|not-provided|email@na?oinformado\.com|0{4,})$/;

/** A text that says something of somebody: nobody lives in "No informado". */
export function filled(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  const plain = trimmed.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return trimmed === '' || FILLER.test(plain) ? undefined : trimmed;
}

/** An amount with its currency, or alone in the order's. */
const money = z.union([amount, object({ value: amount, currency: text })]);
const nameForm = z.union([text, object({ name: text, code: text })]);

/** A text where an object belongs is what the object says first. */
const orText = <S extends z.core.$ZodLooseShape>(field: string, shape: S) =>
  z.preprocess((value) => {
    const [one] = Array.isArray(value) ? value.filter((inner) => inner !== null) : [value];
    return typeof one === 'string' || typeof one === 'number' ? { [field]: one } : one;
  }, z.object(shape).nullish());

/** An address as fulfilment orders print it. */
const place = orText('street', {
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

export const lineItemSchema = z.object({
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
  assigned_location: orText('location_id', { location_id: optionalId, id: optionalId }),
  /** Read one by one. */
  line_items: z.unknown().optional(),
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
    pickup_details: orText('name', { name: text, address: place }),
  }),
  tracking_info: orText('code', { code: text, url: text }),
  status_history: z.preprocess(asList, z.array(object({ to_status: text, happened_at: time })).nullish()),
  fulfilled_at: time,
  updated_at: time,
});
export type SourceParcel = z.output<typeof parcelSchema>;
export type SourceLineItem = z.output<typeof lineItemSchema>;

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
    const given = order[name];
    const list = isObject(given) && given.id !== undefined ? [given] : listOf(given);
    if (given !== null && given !== undefined && list.length === 0 && !isEmpty(given))
      warnings.push(`left out: ${name} is no list`);
    for (const [index, entry] of list.entries()) {
      const parcel = read(entry, `${name}[${index}]`, warnings);
      if (parcel !== undefined) found.set(parcel.id, joined(found.get(parcel.id), parcel));
    }
  }
  return [...found.values()];
}

/** Lists may give an object in part only: what the first does not say is of the second. */
function joined(first: FoundParcel | undefined, second: FoundParcel): FoundParcel {
  if (first?.source === undefined) return second;
  if (second.source === undefined) return first;
  return { ...first, source: fuller(first.source, second.source) as SourceParcel };
}

/** A value with what another one says beyond it, field by field. */
function fuller(first: unknown, second: unknown): unknown {
  if (!isObject(first) || !isObject(second)) return first ?? second;
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return Object.fromEntries(keys.map((key) => [key, fuller(first[key], second[key])]));
}

function read(entry: unknown, at: string, warnings: string[]): FoundParcel | undefined {
  if (entry === null) return undefined;
  if (!isObject(entry)) {
    const id = typeof entry === 'string' ? optionalId.safeParse(entry).data : undefined;
    if (id === undefined) warnings.push(`${at} left out: it is no fulfilment order`);
    return id === undefined ? undefined : { id, at };
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
  const { id: _, number: __, ...said } = omitUndefined(reading.value);
  return Object.keys(said).length === 0 ? { id, at } : { id, at, source: reading.value };
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
