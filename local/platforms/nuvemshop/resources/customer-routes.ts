import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { nullableText, readBody } from '../bodies.ts';
import { fail, invalid, notFound } from '../errors.ts';
import { dateRange, onlyParameters, page, pagingParameters, positive, selectFields } from '../lists.ts';
import type { ApiCall, ApiRoute } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { Customer } from './customer.ts';
import { renderCustomer } from './render-customer.ts';

const address = z.strictObject({
  name: nullableText.default(null),
  address: nullableText.default(null),
  number: nullableText.default(null),
  floor: nullableText.default(null),
  locality: nullableText.default(null),
  city: nullableText.default(null),
  province: nullableText.default(null),
  country: nullableText.default(null),
  zipcode: nullableText.default(null),
  phone: nullableText.default(null),
});
const fields = {
  identification: nullableText.optional(),
  phone: nullableText.optional(),
  note: nullableText.optional(),
  addresses: z.array(address).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
  send_email_invite: z.boolean().optional(),
  password: z.string().optional(),
};
const creation = z.strictObject({
  name: z.string().min(1),
  email: z.email('is not a valid email'),
  ...fields,
});
const update = creation.partial();

/** Customers (reference, customer page; guide, summary 6). */
export const customerRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/customers',
    scope: 'read_customers',
    source: 'Guide summary, fetch the customers; reference, customer page (filters)',
    handle(request, call) {
      onlyParameters(request, [
        ...pagingParameters,
        'since_id',
        'q',
        'created_at_min',
        'created_at_max',
        'updated_at_min',
        'updated_at_max',
      ]);
      const sinceId = positive(request, 'since_id') ?? 0;
      const text = request.query.get('q')?.toLowerCase() ?? '';
      const created = dateRange(request, 'created_at');
      const updated = dateRange(request, 'updated_at');
      const found = [...call.store.customers.values()].filter(
        (customer) =>
          customer.id > sinceId &&
          `${customer.name} ${customer.email} ${customer.identification ?? ''}`
            .toLowerCase()
            .includes(text) &&
          created(customer.createdAt) &&
          updated(customer.updatedAt),
      );
      return page(request, found, (customer) => renderCustomer(customer, call.store));
    },
  },
  {
    method: 'GET',
    path: '/customers/{id}',
    scope: 'read_customers',
    source: 'Reference, customer page',
    handle(request, call) {
      return { status: 200, body: selectFields(request, renderCustomer(find(request, call), call.store)) };
    },
  },
  {
    method: 'POST',
    path: '/customers',
    scope: 'write_customers',
    source: 'Guide summary, create customers; reference, customer page (send_email_invite, password)',
    handle(request, call) {
      const body = readBody(request, creation);
      refuseTwin(call, body.email);
      const customer: Customer = {
        id: call.platform.nextId('customer'),
        name: body.name,
        email: body.email,
        identification: null,
        phone: null,
        note: null,
        addresses: [],
        extra: {},
        spentCents: 0,
        lastOrderId: null,
        createdAt: call.now,
        updatedAt: call.now,
      };
      apply(call, customer, body);
      if (body.send_email_invite === true) customer.invitations = 1;
      call.store.customers.set(customer.id, customer);
      emit(call.platform, call.store, 'customer/created', { id: customer.id });
      return { status: 201, body: renderCustomer(customer, call.store) };
    },
  },
  {
    method: 'PUT',
    path: '/customers/{id}',
    scope: 'write_customers',
    source: 'Guide summary, update customers; reference, customer page',
    handle(request, call) {
      const customer = find(request, call);
      const body = readBody(request, update);
      if (body.email !== undefined && body.email !== customer.email) refuseTwin(call, body.email);
      apply(call, customer, body);
      emit(call.platform, call.store, 'customer/updated', { id: customer.id });
      return { status: 200, body: renderCustomer(customer, call.store) };
    },
  },
  {
    method: 'DELETE',
    path: '/customers/{id}',
    scope: 'write_customers',
    source: 'Reference, customer page; refused for a customer with orders, as observed',
    handle(request, call) {
      const customer = find(request, call);
      if ([...call.store.orders.values()].some((order) => order.customerId === customer.id)) {
        throw fail(422, 'A customer with orders cannot be deleted');
      }
      call.store.customers.delete(customer.id);
      emit(call.platform, call.store, 'customer/deleted', { id: customer.id });
      return { status: 200, body: {} };
    },
  },
];

function find(request: SimRequest, call: ApiCall): Customer {
  const customer = call.store.customers.get(Number(request.params.id));
  if (customer === undefined) throw notFound('Customer not found');
  return customer;
}

function refuseTwin(call: ApiCall, email: string): void {
  if ([...call.store.customers.values()].some((customer) => customer.email === email)) {
    throw invalid({ email: ['has already been taken'] });
  }
}

function apply(call: ApiCall, customer: Customer, body: z.infer<typeof update>): void {
  if (body.name !== undefined) customer.name = body.name;
  if (body.email !== undefined) customer.email = body.email;
  if (body.identification !== undefined) customer.identification = body.identification;
  if (body.phone !== undefined) customer.phone = body.phone;
  if (body.note !== undefined) customer.note = body.note;
  if (body.extra !== undefined) customer.extra = body.extra;
  if (body.addresses !== undefined) {
    customer.addresses = body.addresses.map((one) => ({
      ...one,
      id: call.platform.nextId('address'),
      createdAt: call.now,
      updatedAt: call.now,
    }));
  }
  customer.updatedAt = call.now;
}
