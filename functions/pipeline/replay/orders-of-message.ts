import { itemName } from '../../domain/item-name.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../platforms/store.ts';
import { type Message, unpack } from '../../runtime/queue.ts';

/** Names of the orders that a message of a platform's queue is about; none where it is a part of a larger one. */
export function ordersOfMessage(
  { name, read }: Pick<Platform, 'name' | 'read'>,
  stores: readonly Store[],
  message: Message,
): string[] {
  const named = (storeId: string, platformOrderId: string) =>
    itemName({ platform: name, storeId, platformOrderId });
  if (message.kind === 'cohort')
    return [...new Set(message.messages.flatMap((one) => ordersOfMessage({ name, read }, stores, one)))];
  if (message.kind === 'refresh') return [named(message.storeId, message.orderId)];
  if (message.kind !== 'received' || message.payload.chunk !== undefined) return [];
  const { topic, storeId, payload } = message;
  const { items } = read({ topic, storeId, bytes: unpack(payload) }, stores);
  const orders = items.flatMap((item) =>
    item.kind === 'order' || item.kind === 'changed' ? [named(item.storeId, item.orderId)] : [],
  );
  return [...new Set(orders)];
}
