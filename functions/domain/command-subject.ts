import { ERP_CUSTOMER, type ErpCustomerKey } from './erp-customer.ts';
import { ERP_PRODUCT, type ErpProductKey } from './erp-product.ts';
import type { OrderKey } from './order-row.ts';

/** What a command is for: an order, or a customer or a product of the merchant's own system. */
export type CommandSubject = OrderKey | ErpSubject;
/** What the merchant's own system has. */
export type ErpSubject = ErpCustomerKey | ErpProductKey;

export const isErpCustomer = (subject: CommandSubject): subject is ErpCustomerKey => 'externalId' in subject;
export const isErpProduct = (subject: CommandSubject): subject is ErpProductKey =>
  'externalProductId' in subject;
export const isOrder = (subject: CommandSubject): subject is OrderKey => 'platformOrderId' in subject;

/** What people and logs call it. */
export function kindOfSubject(subject: CommandSubject): 'order' | 'customer' | 'product' {
  if (isErpCustomer(subject)) return 'customer';
  return isErpProduct(subject) ? 'product' : 'order';
}

/** With the kind that keys and names have of it. */
export const ofErp = (subject: ErpSubject): { readonly resource: string; readonly id: string } =>
  isErpProduct(subject)
    ? { resource: ERP_PRODUCT.resource, id: subject.externalProductId }
    : { resource: ERP_CUSTOMER.resource, id: subject.externalId };

/** The id of a subject behind its store, with the kind where it is no order. */
export function idOfSubject(subject: CommandSubject): string {
  if (isOrder(subject)) return subject.platformOrderId;
  const { resource, id } = ofErp(subject);
  return `${resource}:${id}`;
}
