import type { Order } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import { normalisePedidosyaOrder } from '../../functions/platforms/pedidosya/normalise.ts';
import { settingsOf } from '../platforms/pedidosya/harness.ts';
import { itemJson, orderJson } from '../platforms/pedidosya/order-builder.ts';
import type { Json } from './variations.ts';

export const read = (changes: Json) =>
  normalisePedidosyaOrder(parseJson(JSON.stringify(orderJson(changes))), settingsOf());
export const orderOf = (changes: Json): Order => {
  const result = read(changes);
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};

export const item = (changes: Json): Json => ({ items: [itemJson(changes)] });
export const pricing = (changes: Json): Json =>
  item({ pricing: { ...(itemJson().pricing as Json), ...changes } });
export const paying = (changes: Json): Json => ({
  payment: { ...(orderJson().payment as Json), ...changes },
});
export const from = (country_code: string): Json => ({
  client: { ...(orderJson().client as Json), country_code },
});
/** Goods for an amount and nothing beside. */
export const goods = (amount: unknown, country = 'uy'): Json => ({
  ...from(country),
  items: [
    itemJson({ pricing: { pricing_type: 'UNIT', quantity: 1, unit_price: amount, total_price: amount } }),
  ],
  payment: { sub_total: amount, order_total: amount, type: 'PAID' },
});
