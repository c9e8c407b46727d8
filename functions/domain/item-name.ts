import { type CommandSubject, idOfSubject } from './command-subject.ts';
import type { CustomerKey } from './customer.ts';
import { CUSTOMER } from './customer-row.ts';
import { ERP_CUSTOMER, type ErpCustomerKey } from './erp-customer.ts';
import { ERP_PRODUCT, type ErpProductKey } from './erp-product.ts';
import { ERP_LOCATION, type ErpLocationKey, LOCATION, type LocationKey } from './location.ts';
import type { MirrorKind } from './mirror-row.ts';
import type { OrderKey } from './order-row.ts';
import type { ProductKey } from './product.ts';
import { PRODUCT } from './product-row.ts';

type StoreName = Pick<OrderKey, 'platform' | 'storeId'>;

/**
 * How the API, the feed and the operator name an order: `<platform>:<store>:<id>`. The id stands last and may hold any
 * character; a store's colons and percent signs are escaped.
 */
export const itemName = ({ platform, storeId, platformOrderId }: OrderKey): string =>
  `${platform}:${escaped(storeId)}:${platformOrderId}`;

type Named<Key> = Pick<MirrorKind<Key, never, never>, 'idOf' | 'keyOf'> & { readonly resource: string };

/** The same of a thing that is mirrored: `<platform>:<store>:<kind>:<id>`. */
export const mirrorName = <Key extends StoreName>({ resource, idOf }: Named<Key>, key: Key): string =>
  `${key.platform}:${escaped(key.storeId)}:${resource}:${idOf(key)}`;

/** What such a name means; undefined when it is none of that kind. */
export function parseMirrorName<Key>({ resource, keyOf }: Named<Key>, name: string): Key | undefined {
  const { platformOrderId: rest = '', ...store } = parseItemName(name) ?? { platform: '', storeId: '' };
  const begin = `${resource}:`;
  return rest.startsWith(begin) && rest !== begin
    ? keyOf({ ...store, id: rest.slice(begin.length) })
    : undefined;
}

/** A product: `<platform>:<store>:product:<id>`. */
export const productName = (key: ProductKey): string => mirrorName(PRODUCT, key);

/** What a product's name means; undefined when it is none. */
export const parseProductName = (name: string): ProductKey | undefined => parseMirrorName(PRODUCT, name);

/** A customer: `<platform>:<store>:customer:<id>`. */
export const customerName = (key: CustomerKey): string => mirrorName(CUSTOMER, key);

/** What a customer's name means; undefined when it is none. */
export const parseCustomerName = (name: string): CustomerKey | undefined => parseMirrorName(CUSTOMER, name);

/** What the name of a customer of the merchant's own system means; undefined when it is none. */
export const parseErpCustomerName = (name: string): ErpCustomerKey | undefined =>
  parseMirrorName(ERP_CUSTOMER, name);

/** What the name of a product of the merchant's own system means; undefined when it is none. */
export const parseErpProductName = (name: string): ErpProductKey | undefined =>
  parseMirrorName(ERP_PRODUCT, name);

/** A location: `<platform>:<store>:location:<id>`. */
export const locationName = (key: LocationKey): string => mirrorName(LOCATION, key);

/** What the name of a location means, by either id; undefined when it is none. */
export const parseLocationName = (name: string): LocationKey | ErpLocationKey | undefined =>
  parseMirrorName(ERP_LOCATION, name) ?? parseMirrorName(LOCATION, name);

/** What a command is for: an order, or `<platform>:<store>:erp-customer:<id of the merchant's system>`, or `...:erp-product:...`. */
export const subjectName = (subject: CommandSubject): string =>
  `${subject.platform}:${escaped(subject.storeId)}:${idOfSubject(subject)}`;

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
  subject: CommandSubject,
  kind: 'order' | 'command',
  epoch: number,
  n: number | string,
): string => {
  const { platform, storeId } = subject;
  return `${platform}:${escaped(storeId)}:${kind}:${idOfSubject(subject)}:${epoch}:${n}`;
};

/** What the feed calls a SKU: `stock:<sku>`. */
export const stockName = (sku: string): string => `stock:${sku}`;

/** The epoch that an event's id names. */
export const epochOfEvent = (id: string): number => Number(id.split(':').at(-2));

function escaped(storeId: string): string {
  return storeId.replaceAll('%', '%25').replaceAll(':', '%3A');
}
