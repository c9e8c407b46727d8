import * as z from 'zod';
import type { Order } from '../../domain/order.ts';
import { omitUndefined } from '../reading/compact.ts';
import { readTolerantly } from '../reading/tolerant-reader.ts';
import { idSchema } from './ids.ts';
import type { NuvemshopOrder } from './order-schema.ts';
import { latest, readOrderTime } from './order-time.ts';
import { partStatus } from './statuses.ts';

const word = z.string().nullish();

/**
 * A fulfilment order inside an order. In one of the reference's samples `assigned_location` names its id `id`, elsewhere
 * `location_id`. On lists the objects are partial, so nothing but the id is sure to be there.
 */
const partSchema = z.object({
  id: idSchema,
  status: word,
  assigned_location: z.object({ location_id: idSchema.nullish(), id: idSchema.nullish() }).nullish(),
  shipping: z
    .object({
      type: word,
      carrier: z.object({ name: word, code: word }).nullish(),
      consumer_cost: z.object({ value: z.union([z.number(), z.string()]), currency: word }).nullish(),
      max_delivery_date: word,
    })
    .nullish(),
  tracking_info: z.object({ code: word, url: word }).nullish(),
  fulfilled_at: word,
  updated_at: word,
});
type SourcePart = z.output<typeof partSchema>;

export interface PartsReading {
  parcels: Order['fulfilment']['parcels'];
  kind: Order['fulfilment']['kind'];
  /** What the buyer pays for shipping, as the platform wrote it; absent unless every part says it. */
  costs?: { value: number | string; currency?: string | undefined }[];
  updatedAt?: string | undefined;
  promisedFor?: string | undefined;
  warnings: string[];
}

/** Reads the order's fulfilment orders, whichever of the two names the list came under, as objects or as bare ULIDs. */
export function readParts(order: NuvemshopOrder): PartsReading {
  const sources = new Map<string, SourcePart>();
  const warnings: string[] = [];
  for (const [index, entry] of (order.fulfillments ?? order.fulfillment_orders ?? []).entries()) {
    const at = `fulfillments[${index}]`;
    const json = typeof entry === 'string' ? { id: entry } : entry;
    const reading = readTolerantly(partSchema, json, ([head]) => head === undefined || head === 'id');
    if (reading.ok) sources.set(reading.value.id, reading.value);
    const said = reading.ok ? reading.warnings : [`left out: ${reading.problem}`];
    warnings.push(...said.map((warning) => `${at} ${warning}`));
  }
  const found = [...sources.values()];
  const costs = found.flatMap(({ shipping }) =>
    shipping?.consumer_cost
      ? [{ value: shipping.consumer_cost.value, currency: shipping.consumer_cost.currency ?? undefined }]
      : [],
  );
  return {
    parcels: found.map(toParcel),
    kind: kindOf(found.map(({ shipping }) => shipping?.type ?? order.shipping_pickup_type)),
    ...(found.length > 0 && costs.length === found.length ? { costs } : {}),
    updatedAt: latest(found.flatMap((part) => [part.updated_at, part.fulfilled_at].map(readOrderTime))),
    promisedFor: latest(found.map(({ shipping }) => readOrderTime(shipping?.max_delivery_date))),
    warnings,
  };
}

function toParcel(source: SourcePart): Order['fulfilment']['parcels'][number] {
  return omitUndefined({
    parcelId: source.id,
    status: partStatus(source.status),
    platformStatus: source.status ?? '',
    locationId: source.assigned_location?.location_id ?? source.assigned_location?.id ?? undefined,
    carrier: source.shipping?.carrier?.name || source.shipping?.carrier?.code || undefined,
    trackingCode: source.tracking_info?.code || undefined,
    trackingUrl: source.tracking_info?.url || undefined,
  });
}

// One parcel on its way makes the order a delivery, whatever the rest of it is.
function kindOf(types: readonly (string | null | undefined)[]): Order['fulfilment']['kind'] {
  if (types.includes('ship')) return 'delivery';
  if (types.includes('pickup')) return 'pickup';
  return types.length > 0 && types.every((type) => type === 'non-shippable') ? 'none' : 'unknown';
}
