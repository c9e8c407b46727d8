import { compactOffset, money } from '../formats.ts';
import type { Store } from '../platform.ts';
import type { Customer, CustomerAddress } from './customer.ts';

/** A customer as the API prints it (reference, customer page). */
export function renderCustomer(customer: Customer, store: Store): object {
  const addresses = customer.addresses.map((address, index) => renderAddress(address, index === 0));
  const first = customer.addresses[0];
  return {
    id: customer.id,
    name: customer.name,
    email: customer.email,
    identification: customer.identification,
    phone: customer.phone,
    note: customer.note,
    default_address: addresses[0] ?? null,
    addresses,
    billing_name: customer.name,
    billing_phone: first?.phone ?? null,
    billing_address: first?.address ?? null,
    billing_number: first?.number ?? null,
    billing_floor: first?.floor ?? null,
    billing_locality: first?.locality ?? null,
    billing_zipcode: first?.zipcode ?? null,
    billing_city: first?.city ?? null,
    billing_province: first?.province ?? null,
    billing_country: first?.country ?? null,
    extra: customer.extra,
    total_spent: money(customer.spentCents),
    total_spent_currency: store.currency,
    last_order_id: customer.lastOrderId,
    active: false,
    first_interaction: compactOffset(customer.createdAt),
    accepts_marketing: false,
    accepts_marketing_updated_at: compactOffset(customer.createdAt),
    created_at: compactOffset(customer.createdAt),
    updated_at: compactOffset(customer.updatedAt),
  };
}

function renderAddress({ createdAt, updatedAt, ...address }: CustomerAddress, isDefault: boolean): object {
  return {
    ...address,
    default: isDefault,
    created_at: compactOffset(createdAt),
    updated_at: compactOffset(updatedAt),
  };
}
