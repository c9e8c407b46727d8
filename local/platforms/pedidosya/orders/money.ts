import { type Country, roundPrice } from '../countries.ts';
import type { ItemPricing, ItemStatus, OrderItem, OrderPayment } from './order.ts';

const NOT_SOLD: ReadonlySet<ItemStatus> = new Set<ItemStatus>(['NOT_FOUND', 'REPLACED']);

/** What a line costs: by weight when it is sold by the kilogram, nothing when it was not found or was replaced. */
export function lineTotal(
  status: ItemStatus,
  pricing: Pick<ItemPricing, 'pricing_type' | 'unit_price' | 'quantity' | 'weight'>,
  country: Country,
): number {
  if (NOT_SOLD.has(status)) return 0;
  const amount = pricing.pricing_type === 'KG' ? pricing.weight : pricing.quantity;
  return roundPrice(pricing.unit_price * amount, country);
}

/** The payment block for these lines; fees, charges and the discount stay. `order_total` is what the buyer pays. */
export function totalled(payment: OrderPayment, items: readonly OrderItem[], country: Country): OrderPayment {
  const sum = (amounts: number[]) =>
    roundPrice(
      amounts.reduce((total, amount) => total + amount, 0),
      country,
    );
  const sub_total = sum(items.map(({ pricing }) => pricing.total_price));
  const { additional_fees: fees, discount = sum(payment.discounts.map(({ value }) => value)) } = payment;
  const order_total = sum([
    sub_total,
    payment.delivery_fee,
    payment.service_fee,
    payment.container_charge,
    payment.difference_to_minimum,
    payment.total_taxes,
    payment.tip ?? 0,
    ...(Array.isArray(fees) ? fees.map(({ value }) => value) : Object.values(fees)),
    ...payment.vouchers.map(({ value }) => -value),
    -Math.abs(discount),
  ]);
  return { ...payment, sub_total, order_total };
}
