import { customerName, itemName, productName } from '../../domain/item-name.ts';
import { type Resource, subjectOf } from '../../domain/resource.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../platforms/store.ts';
import { type Message, unpack } from '../../runtime/queue.ts';
import type { StoreName } from '../../storage/keys.ts';

interface Named {
  readonly storeId: string;
  readonly resource?: Resource | undefined;
  readonly orderId: string;
}

const NAMES: Readonly<Record<Resource, (store: StoreName, id: string) => string>> = {
  order: (store, platformOrderId) => itemName({ ...store, platformOrderId }),
  product: (store, platformProductId) => productName({ ...store, platformProductId }),
  customer: (store, platformCustomerId) => customerName({ ...store, platformCustomerId }),
};

/** Names of the orders, products and customers that a message of a platform's queue is about; none where it is a part of a larger one. */
export function ordersOfMessage(
  { name, read }: Pick<Platform, 'name' | 'read'>,
  stores: readonly Store[],
  message: Message,
): string[] {
  const named = ({ storeId, ...fields }: Named): string => {
    const { resource, id } = subjectOf(fields);
    return NAMES[resource]({ platform: name, storeId }, id);
  };
  if (message.kind === 'cohort')
    return [...new Set(message.messages.flatMap((one) => ordersOfMessage({ name, read }, stores, one)))];
  if (message.kind === 'refresh') return [named(message)];
  if (message.kind !== 'received' || message.payload.chunk !== undefined) return [];
  const { topic, storeId, payload } = message;
  const { items } = read({ topic, storeId, bytes: unpack(payload) }, stores);
  const orders = items.flatMap((item) =>
    item.kind === 'order' || item.kind === 'changed' ? [named(item)] : [],
  );
  return [...new Set(orders)];
}
