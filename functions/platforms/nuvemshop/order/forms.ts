import * as z from 'zod';
import { isObject } from '../../../domain/json-object.ts';
import { lazily } from '../../../domain/lazily.ts';
import type { Address, OrderParcel, Recipient } from '../../../domain/order.ts';
import { asList, listOf, object } from '../../reading/forms.ts';
import { omitUndefined, readTolerantly } from '../../reading/tolerant-reader.ts';
import { amount, nameForm, orText, text, time } from './fields.ts';
import { place } from './places.ts';
import { type NuvemshopOrder, optionalId } from './schema.ts';
import { readOrderTime } from './times.ts';

/** An amount with its currency, or alone in the order's. */
const money = lazily(() => z.union([amount(), object({ value: amount(), currency: text() })]));
export const lineItemSchema = lazily(() =>
  z.object({
    id: optionalId(),
    /** The line's id in samples of orders, and in those of fulfilment orders. */
    order_line_item_id: optionalId(),
    external_id: optionalId(),
    quantity: amount(),
    variant: object({ variant_id: optionalId() }),
  }),
);

/**
 * A fulfilment order inside an order. In one of the reference's samples `assigned_location` names its id `id`, elsewhere
 * `location_id`. On lists the objects are partial. Nothing is required, so that an odd field costs itself alone.
 */
export const parcelSchema = lazily(() =>
  z.object({
    id: optionalId(),
    number: text(),
    status: text(),
    assigned_location: orText('location_id', { location_id: optionalId(), id: optionalId() }),
    /** Read one by one. */
    line_items: z.unknown().optional(),
    recipient: object({ name: text(), phone: text(), identifier: text() }),
    destination: place(),
    shipping: object({
      type: text(),
      carrier: nameForm(),
      option: nameForm(),
      consumer_cost: money(),
      merchant_cost: money(),
      min_delivery_date: time(),
      max_delivery_date: time(),
      pickup_details: orText('name', { name: text(), address: place() }),
    }),
    tracking_info: orText('code', { code: text(), url: text() }),
    status_history: z.preprocess(
      asList,
      z.array(object({ to_status: text(), happened_at: time() })).nullish(),
    ),
    fulfilled_at: time(),
    updated_at: time(),
  }),
);
export type SourceParcel = z.output<ReturnType<typeof parcelSchema>>;
export type SourceLineItem = z.output<ReturnType<typeof lineItemSchema>>;

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

/**
 * One parcel that is told twice. Lists may give an object in part only: what the first does not say is of the second. One that
 * changed later comes first.
 */
function joined(first: FoundParcel | undefined, second: FoundParcel): FoundParcel {
  if (first?.source === undefined) return second;
  if (second.source === undefined) return first;
  const [older, newer] = [first.source, second.source].map(
    ({ updated_at }) => readOrderTime(updated_at) ?? '',
  );
  const isNewer = (newer ?? '') > (older ?? '') && older !== '';
  const [own, other] = isNewer ? [second, first] : [first, second];
  return { ...own, source: fuller(own.source, other.source) as SourceParcel };
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
    const id = typeof entry === 'string' ? optionalId().safeParse(entry).data : undefined;
    if (id === undefined) warnings.push(`${at} left out: it is no fulfilment order`);
    return id === undefined ? undefined : { id, at };
  }
  const reading = readTolerantly(parcelSchema(), entry, ([head]) => head === undefined);
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
