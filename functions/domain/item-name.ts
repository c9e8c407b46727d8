import type { OrderKey } from './order-row.ts';

/**
 * How the API, the feed and the operator name an order, a product or a customer: `<platform>:<store>:<id>`. The id stands
 * last and may hold any character; a store's colons and percent signs are escaped.
 */
export const itemName = ({ platform, storeId, platformOrderId }: OrderKey): string =>
  `${platform}:${escaped(storeId)}:${platformOrderId}`;

/** What a name means; undefined when it is none. Whether there is such an item is not known here. */
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

/** The epoch that an event's id names. */
export const epochOfEvent = (id: string): number => Number(id.split(':').at(-2));

const escaped = (storeId: string): string => storeId.replaceAll('%', '%25').replaceAll(':', '%3A');
