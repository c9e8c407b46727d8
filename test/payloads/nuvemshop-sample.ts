import type { Order } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import { normaliseNuvemshopOrder } from '../../functions/platforms/nuvemshop/normalise.ts';
import { sampleOrder, samplePart } from '../platforms/nuvemshop/sample-order.ts';
import type { Json } from './variations.ts';

export const STORE = { storeId: '5665778' };
export const read = (changes: Json) =>
  normaliseNuvemshopOrder(parseJson(JSON.stringify(sampleOrder(changes))), STORE);
export const orderOf = (changes: Json): Order => {
  const result = read(changes);
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};

export const [sample] = sampleOrder().products as [Json];
export const LINE = String(sample.id);
export const line = (changes: Json): Json => ({ products: [{ ...sample, ...changes }] });
export const part = (changes: Json): Json => ({ fulfillments: [samplePart(changes)] });
export const shipped = (changes: Json): Json =>
  part({ shipping: { ...(samplePart().shipping as Json), ...changes } });
/** An order of goods alone, so that only what a variation says adds up. */
export const plain = (total: unknown, changes: Json = {}): Json => ({
  subtotal: total,
  total,
  discount: undefined,
  discount_coupon: undefined,
  discount_gateway: undefined,
  fulfillments: [],
  products: [{ ...sample, price: total, quantity: 1 }],
  ...changes,
});
