import type { StoreId } from '../domain/mirror-row.ts';
import { CUSTOMER_KIND } from './customer-keys.ts';
import { type ItemKey, ORDER_KIND, type StoreName, storeKey } from './keys.ts';

/** What a person's e-mail address leads to. */
export interface EmailOwner extends StoreId {
  readonly resource: typeof ORDER_KIND | typeof CUSTOMER_KIND;
}

const BY_EMAIL = 'by-email';
const EMAIL_OF = 'email-of';

/** Partitions of all of both kinds of items, as patterns in which `*` stands for any text. */
export const EMAIL_PARTITIONS = [`*#${BY_EMAIL}#*`, `*#${EMAIL_OF}#*`];

/** Partition of what a store has of one address. @param hash of the address; the address itself stands in no key */
export const byEmailPk = (store: StoreName, hash: string): string => `${storeKey(store, BY_EMAIL)}#${hash}`;

/**
 * That an order or a customer is of a person with that address. Written by whoever follows the rows of the table, and by
 * erasure; read by the operator. Deleted when the row says another address or none, and when the person is erased.
 */
export const byEmailKey = ({ resource, id, ...store }: EmailOwner, hash: string): ItemKey => ({
  pk: byEmailPk(store, hash),
  sk: `${resource}#${id}`,
});

/** The order or the customer that such a sort key says; undefined for what a later release wrote. */
export function ownerOfByEmailSk(store: StoreName, sk: string): EmailOwner | undefined {
  const at = sk.indexOf('#');
  const resource = ([ORDER_KIND, CUSTOMER_KIND] as const).find((one) => one === sk.slice(0, at));
  return resource === undefined ? undefined : { ...store, resource, id: sk.slice(at + 1) };
}

/**
 * By which hash an order or a customer is found, so that an erasure finds it without the key of the hashes; or that the person was erased. Written and
 * read with the items above. Deleted when the row says no address; stays for good where the person was erased.
 */
export const emailOfKey = ({ resource, id, ...store }: EmailOwner): ItemKey => ({
  pk: `${storeKey(store, EMAIL_OF)}#${id}`,
  sk: resource,
});
