import type { Observation } from '../../domain/merge.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../platforms/store.ts';

/** One order found in stored bytes, with the very bytes of its own. */
export interface FoundOrder {
  key: OrderKey;
  reading: Extract<Observation['reading'], { order: unknown }>;
  bytes: Uint8Array;
}

/**
 * What stored bytes say when they are read by today's code. `changed`: they only tell that an order changed, so it has to
 * be fetched. `problem` names fields, never values.
 */
export type StoredContent =
  | { kind: 'orders'; orders: FoundOrder[]; problems: string[] }
  | { kind: 'changed'; orderId?: string };

/**
 * Reads bytes that were kept beside a row: an order, a webhook that tells of one, a whole page, whatever came. Never
 * throws, whatever the bytes.
 */
export function parseStored(
  { resources }: Pick<Platform, 'resources'>,
  store: Store,
  bytes: Uint8Array,
): StoredContent {
  const stored = resources.order.readStored(bytes, store);
  if (stored.kind === 'changed') return stored;
  const orders: FoundOrder[] = [];
  const problems: string[] = [];
  for (const { reading, bytes: own } of stored.orders) {
    if (reading.ok) {
      const { platform, storeId, platformOrderId } = reading.order;
      orders.push({ key: { platform, storeId, platformOrderId }, reading, bytes: own });
    } else problems.push(`${reading.reason}: ${reading.problem}`);
  }
  return { kind: 'orders', orders, problems };
}
