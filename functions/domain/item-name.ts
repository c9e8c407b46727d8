import type { OrderKey } from './order-row.ts';
import type { ProductKey } from './product.ts';

/**
 * How the API, the feed and the operator name an order: `<platform>:<store>:<id>`. The id stands last and may hold any
 * character; a store's colons and percent signs are escaped.
 */
export const itemName = ({ platform, storeId, platformOrderId }: OrderKey): string =>
  `${platform}:${escaped(storeId)}:${platformOrderId}`;

/** The same of a product: `<platform>:<store>:product:<id>`. */
export const productName = ({ platform, storeId, platformProductId }: ProductKey): string =>
  `${platform}:${escaped(storeId)}:product:${platformProductId}`;

/** What a product's name means; undefined when it is none. */
export function parseProductName(name: string): ProductKey | undefined {
  const parsed = parseItemName(name);
  const [, platformProductId] = /^product:(.+)$/s.exec(parsed?.platformOrderId ?? '') ?? [];
  if (parsed === undefined || platformProductId === undefined) return undefined;
  return { platform: parsed.platform, storeId: parsed.storeId, platformProductId };
}

/** What an order's name means; undefined when it is none. Whether there is such an item is not known here. */
export function parseItemName(name: string): OrderKey | undefined {
  const [, platform, store, platformOrderId] = /^([a-z][a-z0-9-]{1,30}):([^:]+):(.+)$/s.exec(name) ?? [];
  if (platform === undefined || store === undefined || platformOrderId === undefined) return undefined;
  return { platform, storeId: store.replaceAll('%3A', ':').replaceAll('%25', '%'), platformOrderId };
}

/**
 * The id of an item's event: the same for every repeat.
 *
 * @param kind `command`: of one of the order's commands
 * @param n which of the item's events it is, within the epoch
 */
export const eventId = (
  { platform, storeId, platformOrderId }: OrderKey,
  kind: 'order' | 'command',
  epoch: number,
  n: number | string,
): string => `${platform}:${escaped(storeId)}:${kind}:${platformOrderId}:${epoch}:${n}`;

/** The same of a product's event. */
export const productEventId = (key: ProductKey, epoch: number, n: number | string): string =>
  `${productName(key)}:${epoch}:${n}`;

/** What the feed calls a SKU: `stock:<sku>`. */
export const stockName = (sku: string): string => `stock:${sku}`;

/** The epoch that an event's id names. */
export const epochOfEvent = (id: string): number => Number(id.split(':').at(-2));

function escaped(storeId: string): string {
  return storeId.replaceAll('%', '%25').replaceAll(':', '%3A');
}
