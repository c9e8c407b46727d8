import type { Address } from '../orders/order.ts';

/** An address of a customer. */
export interface CustomerAddress extends Address {
  id: number;
  createdAt: number;
  updatedAt: number;
}

/** A customer of a shop. */
export interface Customer {
  id: number;
  name: string;
  email: string;
  identification: string | null;
  phone: string | null;
  note: string | null;
  addresses: CustomerAddress[];
  extra: Record<string, unknown>;
  /** Mails that invited the customer to an account. */
  invitations?: number;
  spentCents: number;
  lastOrderId: number | null;
  createdAt: number;
  updatedAt: number;
}
