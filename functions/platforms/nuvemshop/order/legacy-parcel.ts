import type { OrderParcel } from '../../../domain/order.ts';
import { type Amounts, omitUndefined, omitUndefinedOrNothing } from '../../reading/tolerant-reader.ts';
import { filled, isObject, type ParcelReading, parcelSchema, readPlace } from './forms.ts';
import { type NuvemshopOrder, readOrderTime } from './schema.ts';
import { fulfilmentStatus } from './statuses.ts';

/**
 * The parcel that an order of v1 tells in fields of its own, which mirror the first fulfilment order (reference,
 * multi-inventory guide). Undefined where the order has no such field.
 */
export function readLegacyParcel(order: NuvemshopOrder, amounts: Amounts): ParcelReading | undefined {
  const { shipping_pickup_type: kind, shipping_pickup_details: details } = order;
  const costs = omitUndefinedOrNothing({
    buyer: amounts.readOptional(order.shipping_cost_customer, 'shipping_cost_customer'),
    merchant: amounts.readOptional(order.shipping_cost_owner, 'shipping_cost_owner'),
  });
  const carrier = filled(order.shipping_carrier_name) ?? filled(order.shipping);
  const trackingCode = filled(order.shipping_tracking_number);
  const branch = filled(order.shipping_store_branch_name);
  const said = [kind, carrier, trackingCode, branch, order.shipping_option].some(Boolean);
  if (!said) return undefined;
  const place = parcelSchema.shape.shipping.safeParse({ pickup_details: isObject(details) ? details : null });
  const pickup = place.data?.pickup_details;
  return {
    parcel: omitUndefined<OrderParcel>({
      parcelId: `${order.id}-1`,
      status: fulfilmentStatus(order.shipping_status, []),
      platformStatus: order.shipping_status ?? '',
      carrier,
      deliveryOption: filled(order.shipping_option),
      trackingCode,
      trackingUrl: filled(order.shipping_tracking_url),
      costs,
      pickupPlace:
        kind === 'ship'
          ? undefined
          : omitUndefinedOrNothing({
              name: branch ?? filled(pickup?.name),
              address: readPlace(pickup?.address),
            }),
      dispatchedAt: readOrderTime(order.shipped_at),
    }),
    kind: kind ?? undefined,
    updatedAt: readOrderTime(order.shipped_at),
  };
}
