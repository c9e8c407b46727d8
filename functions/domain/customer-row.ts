import * as z from 'zod';
import { type Customer, type CustomerKey, customerPersonal, customerSchema } from './customer.ts';
import { id } from './fields.ts';
import { lazily } from './lazily.ts';
import { type MirrorKind, mirrorFields } from './mirror-row.ts';

/** One customer as it is kept, without the keys of its item. */
export const customerRowSchema = lazily(() =>
  z.object({
    ...mirrorFields().shape,
    platformCustomerId: id(),
    /** The customer as it was last understood, without its person. Absent while nothing of it was understood. */
    customer: customerSchema().omit({ personal: true }).optional(),
    /** Absent once the platform has the customer no more, or the person was erased. */
    personal: customerPersonal().optional(),
  }),
);
export type CustomerRow = z.infer<ReturnType<typeof customerRowSchema>>;

export const CUSTOMER = {
  resource: 'customer',
  idOf: ({ platformCustomerId }) => platformCustomerId,
  keyOf: ({ platform, storeId, id: platformCustomerId }) => ({ platform, storeId, platformCustomerId }),
  open: ({ platformCustomerId: _, customer, personal = {}, ...row }) => ({
    ...row,
    ...(customer === undefined ? {} : { said: { ...customer, personal } }),
  }),
  close: ({ platformCustomerId }, { said, ...row }) => {
    if (said === undefined) return { ...row, platformCustomerId };
    const { personal, ...customer } = said;
    const isHeld = Object.keys(personal).length > 0;
    return { ...row, platformCustomerId, customer, ...(isHeld ? { personal } : {}) };
  },
  withoutPerson: (said) => ({ ...said, personal: {} }),
} satisfies MirrorKind<CustomerKey, Customer, CustomerRow>;
