import * as z from 'zod';
import { idSchema } from '../ids.ts';
import { ulid } from './fields.ts';

const text = z.string().nullable().optional();
const place = z.looseObject({});

export const fulfilmentOrder = z.looseObject({
  id: idSchema,
  status: z.string(),
  shipping: z.looseObject({ type: z.string().nullish() }).nullish(),
  tracking_info: z.looseObject({ code: z.string().nullish(), url: z.string().nullish() }).nullish(),
  assigned_location: z.looseObject({ location_id: idSchema.nullish() }).nullish(),
});
export type FulfilmentOrder = z.output<typeof fulfilmentOrder>;

/**
 * What PATCH takes (reference, fulfillment order page). Without `notify_customer` the platform mails nobody; here it is to
 * be said, because nobody should have to know that.
 */
export const fulfilmentPatch = z.strictObject({
  status: z.enum(['UNPACKED', 'PACKED', 'DISPATCHED', 'READY_FOR_PICKUP', 'DELIVERED']).optional(),
  tracking_info: z.strictObject({ code: text, url: text, notify_customer: z.boolean() }).optional(),
  destination: place.optional(),
  shipping: place.optional(),
  recipient: z.strictObject({ name: text, phone: text, identifier: text }).optional(),
  assigned_location: z.strictObject({ location_id: ulid }).optional(),
});
export type FulfilmentPatch = z.input<typeof fulfilmentPatch>;

const SENT: ReadonlySet<string> = new Set(['DISPATCHED', 'DELIVERED', 'MARKED_AS_FULFILLED']);
const NOT_PACKED: ReadonlySet<string> = new Set(['UNPACKED', 'PENDING', 'IN_PREPARATION']);

/**
 * Why the platform would refuse this change of a fulfilment order as it stands now; undefined when nothing is known
 * against it (reference, fulfillment order page, rules of the states).
 */
export function refusalOf(current: FulfilmentOrder, patch: FulfilmentPatch): string | undefined {
  const { status, shipping } = current;
  if (SENT.has(status) && (patch.destination ?? patch.shipping ?? patch.recipient) !== undefined) {
    return 'Destination, shipping and recipient are fixed once it was sent.';
  }
  if (!NOT_PACKED.has(status) && patch.assigned_location !== undefined) {
    return 'The location is fixed once it was packed.';
  }
  const to = patch.status;
  if (to === undefined || to === status) return undefined;
  if (shipping?.type === 'non-shippable' && to !== 'DELIVERED') {
    return 'What is not shipped goes straight to DELIVERED.';
  }
  if (to === 'UNPACKED' && status !== 'PACKED') return `From ${status} there is no way back to UNPACKED.`;
  if (to === 'READY_FOR_PICKUP' && shipping?.type !== undefined && shipping.type !== 'pickup') {
    return 'READY_FOR_PICKUP is for pickups only.';
  }
  return undefined;
}

/** True when the fulfilment order is already as the patch wants it, as far as that can be seen. */
export function isDone(current: FulfilmentOrder, patch: FulfilmentPatch): boolean {
  const { status, tracking_info: tracking, assigned_location: location, ...others } = patch;
  const same = (wanted: string | null | undefined, there: string | null | undefined) =>
    wanted === undefined || (wanted ?? '') === (there ?? '');
  return (
    Object.values(others).every((value) => value === undefined) &&
    same(status, current.status) &&
    same(tracking?.code, current.tracking_info?.code) &&
    same(tracking?.url, current.tracking_info?.url) &&
    same(location?.location_id, current.assigned_location?.location_id)
  );
}
