import type { CustomerKey } from '../domain/customer.ts';
import { ERP_CUSTOMER, ERP_CUSTOMER_KIND, type ErpCustomerKey } from '../domain/erp-customer.ts';
import { customerPk } from './customer-keys.ts';
import { type ItemKey, partsOfPk, storeKey } from './keys.ts';

/** Partition of a customer of the merchant's own system: its link, and the commands that write it to the platform. */
export const erpCustomerPk = (key: ErpCustomerKey): string =>
  `${storeKey(key, ERP_CUSTOMER_KIND)}#${key.externalId}`;

/** @throws Error when it is no such partition. */
export const erpCustomerKeyOfPk = (pk: string): ErpCustomerKey =>
  ERP_CUSTOMER.keyOf(partsOfPk(pk, ERP_CUSTOMER_KIND));

export const isErpCustomerPk = (pk: string): boolean => pk.split('#')[2] === ERP_CUSTOMER_KIND;

/**
 * Which customer of the platform it is. Written and read by whoever runs commands, before it says that the customer is there;
 * read by the API. Stays for good.
 */
export const customerLinkKey = (key: ErpCustomerKey): ItemKey => ({ pk: erpCustomerPk(key), sk: 'link' });

/** The same the other way: beside the platform's customer, for whoever erases it. Written with the other. Stays for good. */
export const erpLinkKey = (key: CustomerKey): ItemKey => ({ pk: customerPk(key), sk: 'erp-link' });

/** Partitions of all customers of the merchant's system, as a pattern in which `*` stands for any text. */
export const ERP_CUSTOMER_PARTITIONS = `*#${ERP_CUSTOMER_KIND}#*`;
