import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema } from '../order/schema.ts';
import { path } from './call.ts';
import { createIdempotently } from './create-idempotently.ts';
import { checked, type Requests } from './requests.ts';

const text = lazily(() => z.string().nullable().optional());
const address = lazily(() =>
  z.strictObject({
    name: text(),
    address: text(),
    number: text(),
    floor: text(),
    locality: text(),
    city: text(),
    province: text(),
    country: text(),
    zipcode: text(),
    phone: text(),
  }),
);
const fields = lazily(() => ({
  identification: text(),
  phone: text(),
  note: text(),
  addresses: z.array(address()).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
}));

/** A new customer. Whether they get an invitation by e-mail has to be said. */
export const customerCreation = lazily(() =>
  z.strictObject({
    name: z.string().min(1),
    email: z.email(),
    ...fields(),
    send_email_invite: z.boolean(),
    password: z.string().optional(),
  }),
);
export type CustomerCreation = z.input<ReturnType<typeof customerCreation>>;
export const customerUpdate = lazily(() =>
  z.strictObject({
    name: z.string().min(1).optional(),
    email: z.email().optional(),
    ...fields(),
  }),
);
export type CustomerUpdate = z.input<ReturnType<typeof customerUpdate>>;

/** Texts that are all digits (document and phone numbers) come as numbers now and then. */
const shown = lazily(() =>
  z
    .union([z.string(), z.number().transform(String)])
    .nullable()
    .optional(),
);

export const customer = lazily(() =>
  z.looseObject({
    id: idSchema(),
    name: shown(),
    email: shown(),
    identification: shown(),
    phone: shown(),
    note: shown(),
    addresses: z.array(z.unknown()).nullish(),
  }),
);
export type Customer = z.output<ReturnType<typeof customer>>;

/** Customers of the store: personal data, so no answer of these calls may be logged (Nuvemshop reference, customer page). */
export function createCustomers(requests: Requests, clock: Clock) {
  /** @param q what is looked for in name, e-mail and document number; not empty, or it would be everybody */
  const list = ({ q }: { q: string }) => requests.list(customer(), 'customers.list', '/customers', { q });
  return {
    list,
    get: (id: string) => requests.get(customer(), 'customers.get', path`/customers/${id}`),
    /** Makes a customer. Where the answer is lost they are found by their e-mail address, which is unique in the store. */
    async create(body: CustomerCreation): Promise<Customer> {
      const operation = 'customers.create';
      const sent = checked(customerCreation(), operation, body);
      const email = sent.email.toLowerCase();
      return createIdempotently({
        clock,
        findExisting: async () => {
          for await (const { items } of list({ q: sent.email })) {
            const existing = items.find((found) => found.email?.toLowerCase() === email);
            if (existing !== undefined) return existing;
          }
          return undefined;
        },
        write: () => requests.post(customer(), operation, '/customers', sent),
      });
    },
    async update(id: string, body: CustomerUpdate): Promise<Customer> {
      const sent = checked(customerUpdate(), 'customers.update', body);
      return requests.put(customer(), 'customers.update', path`/customers/${id}`, sent);
    },
  };
}
