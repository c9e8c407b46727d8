import type { CustomerKey } from '../domain/customer.ts';
import { ERP_CUSTOMER_KIND, type ErpCustomerKey } from '../domain/erp-customer.ts';
import { erpPk } from './command-keys.ts';
import { customerPk } from './customer-keys.ts';
import type { ItemKey } from './keys.ts';

/**
 * Which customer of the platform it is. Written and read by whoever runs commands, before it says that the customer is there;
 * read by the API. Stays for good.
 */
export const customerLinkKey = (key: ErpCustomerKey): ItemKey => ({ pk: erpPk(key), sk: 'link' });

/** The same the other way: beside the platform's customer, for whoever erases it. Written with the other. Stays for good. */
export const erpLinkKey = (key: CustomerKey): ItemKey => ({ pk: customerPk(key), sk: 'erp-link' });

/** Partitions of all customers of the merchant's system, as a pattern in which `*` stands for any text. */
export const ERP_CUSTOMER_PARTITIONS = `*#${ERP_CUSTOMER_KIND}#*`;
