import type { Order } from './order.ts';

/** The shipping fields that only `v1` still prints; they mirror the first fulfillment order (reference, multi-inventory guide). */
export function legacyShipping(order: Order): object {
  const first = order.fulfilmentOrders[0];
  const dispatched = first?.status_history.find((step) => step.to_status === 'DISPATCHED');
  return {
    shipping: first?.shipping.carrier.code ?? null,
    shipping_option: first?.shipping.option.name ?? null,
    shipping_option_code: first?.shipping.option.code ?? null,
    shipping_option_reference: first?.shipping.option.reference ?? null,
    shipping_pickup_type: first?.shipping.type ?? null,
    shipping_store_branch_name: null,
    shipping_min_days: 2,
    shipping_max_days: 4,
    shipping_cost_owner: first?.shipping.merchant_cost.value.toFixed(2) ?? '0.00',
    shipping_cost_customer: first?.shipping.consumer_cost.value.toFixed(2) ?? '0.00',
    shipping_tracking_number: first?.tracking_info.code ?? null,
    shipping_tracking_url: first?.tracking_info.url ?? null,
    shipped_at: dispatched?.happened_at.replace('+00:00', '+0000') ?? null,
    next_action: nextAction(order),
    landing_url: 'https://shop.example/',
  };
}

function nextAction(order: Order): string {
  if (order.status !== 'open') return order.status === 'closed' ? 'close' : 'none';
  if (order.paymentStatus === 'pending') return 'waiting_manual_confirmation';
  const status = order.fulfilmentOrders[0]?.status;
  if (status === 'UNPACKED') return 'waiting_packing';
  return status === 'PACKED' ? 'waiting_shipment' : 'close';
}
