import type { CustomerKey } from '../domain/customer.ts';
import { CUSTOMER } from '../domain/customer-row.ts';
import type { PlatformName } from '../domain/order.ts';
import { ORDER_ROW_SK, partsOfPk, type StoreName, storeKey } from './keys.ts';

/** Says that a key is a customer's. */
export const CUSTOMER_KIND = CUSTOMER.resource;

/** Partition of a store's customers in the index of changes. */
export const customerStoreKey = (store: StoreName): string => storeKey(store, CUSTOMER_KIND);

/** Partition of one customer: its row, and bytes that were not understood. */
export const customerPk = (key: CustomerKey): string => `${customerStoreKey(key)}#${key.platformCustomerId}`;

/** @throws Error when it is no customer's partition. */
export const customerKeyOfPk = (pk: string): CustomerKey => CUSTOMER.keyOf(partsOfPk(pk, CUSTOMER_KIND));

/** Partition of a platform's customers in the index of what needs review. */
export const customerReviewKey = (platform: PlatformName): string => `${platform}#${CUSTOMER_KIND}`;

/**
 * The customer as we know it. Written by the consumers, by reconciliation and by erasure, through storage/customers.ts; read by
 * them and by the merchant's system. Stays for good, without its person once the platform has the customer no more.
 */
export const customerRowKey = (key: CustomerKey) => ({ pk: customerPk(key), sk: ORDER_ROW_SK }) as const;

/** Partitions of all customers, as a pattern in which `*` stands for any text. */
export const CUSTOMER_PARTITIONS = `*#${CUSTOMER_KIND}#*`;
