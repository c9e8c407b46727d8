import { type OrderKey, orderPk } from '../functions/domain/order-row.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { platformSchema } from '../functions/platforms/names.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Reads how a person names an order: `nuvemshop:1639882221`, in the merchant's own store, or the whole key
 * `nuvemshop#5665778#1639882221` as logs and rows have it.
 *
 * @throws OperatorError with an example.
 */
export function orderKeyOf(text: string, stores: readonly KnownStore[]): OrderKey {
  const [, word, rest] = /^([a-z]+)[:#](.+)$/s.exec(text) ?? [];
  const platform = platformSchema.safeParse(word);
  const store = stores.find((one) => one.platform === platform.data);
  if (!platform.success || rest === undefined || store === undefined) {
    const examples = stores.map((one) => `${one.platform}:ID`).join(', ');
    throw new OperatorError(
      `"${text}" names no order. Write it as ${examples}, or as the whole key of its row.`,
    );
  }
  const key = (storeId: string, platformOrderId: string): OrderKey => ({
    ...store,
    storeId,
    platformOrderId,
  });
  if (text.charAt(platform.data.length) === ':') return key(store.storeId, rest);
  const [storeId = '', ...id] = rest.split('#');
  const whole = key(storeId, id.join('#'));
  if (whole.platformOrderId === '')
    throw new OperatorError(
      `"${text}" is no whole key. It looks like ${orderPk({ ...store, platformOrderId: 'ID' })}.`,
    );
  return whole;
}
