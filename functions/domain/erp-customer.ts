import * as z from 'zod';
import { lazily } from './lazily.ts';

/** A customer by the id that the merchant's own system gave it, at one store. */
export interface ErpCustomerKey {
  platform: string;
  storeId: string;
  externalId: string;
}

/** Says that a key, or a name, is of such a customer. */
export const ERP_CUSTOMER_KIND = 'erp-customer';

export const ERP_CUSTOMER = {
  resource: ERP_CUSTOMER_KIND,
  idOf: ({ externalId }: ErpCustomerKey) => externalId,
  keyOf: ({ platform, storeId, id: externalId }: { platform: string; storeId: string; id: string }) => ({
    platform,
    storeId,
    externalId,
  }),
};

const text = (most = 200) => z.string().trim().min(1).max(most);
const line = () => text().optional();

const address = lazily(() =>
  z.strictObject({
    name: line(),
    phone: line(),
    street: line(),
    number: line(),
    floor: line(),
    locality: line(),
    city: line(),
    province: line(),
    /** Two letters, as ISO 3166 has them. */
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional(),
    zipcode: line(),
  }),
);

/** What the merchant's system wants a customer to be at a platform. What it leaves out stays as the platform has it. */
export const erpCustomerInput = lazily(() =>
  z.strictObject({
    name: text(),
    email: z.email().max(254),
    phone: line(),
    /** As the country writes it: CPF, CNPJ, DNI, CUIT, RUT, NIT. */
    document: line(),
    note: text(1000).optional(),
    /** Of a customer that is made; those of one that is there stay as they are. */
    addresses: z.array(address()).max(10).optional(),
    /** Whether the platform invites a customer that is made, by e-mail. */
    invite: z.boolean().default(false),
  }),
);
export type ErpCustomerInput = z.output<ReturnType<typeof erpCustomerInput>>;
