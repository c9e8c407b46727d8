import * as z from 'zod';
import { customerPersonal, customerSchema } from '../../domain/customer.ts';
import type { CustomerRow } from '../../domain/customer-row.ts';
import { customerName } from '../../domain/item-name.ts';
import { lazily } from '../../domain/lazily.ts';
import { isoTime } from '../../domain/time.ts';
import type { Client } from '../tokens.ts';
import { mirroredView, viewOfMirrored } from './mirrored-view.ts';

/** What a client needs that sees customers' data. */
export const CUSTOMERS_PERSONAL = 'customers:personal';

/** A customer as the API shows it. */
export const customerView = lazily(() =>
  z.object({
    ...mirroredView().shape,
    platformCustomerId: z.string(),
    /** Absent while nothing of it was understood. */
    customer: customerSchema().omit({ personal: true }).optional(),
    /** With the scope customers:personal only; absent once the platform has the customer no more, or the person was erased. */
    personal: customerPersonal().optional(),
    /** Since when the data of the person is erased for good. */
    erasedAt: z.string().optional(),
  }),
);
export type CustomerView = z.infer<ReturnType<typeof customerView>>;

/** What a client may see of a customer. */
export function viewOfCustomer(row: CustomerRow, { scopes }: Client): CustomerView {
  const { platformCustomerId, customer, personal, erased } = row;
  return {
    id: customerName(row),
    platformCustomerId,
    ...viewOfMirrored(row),
    ...(customer === undefined ? {} : { customer }),
    ...(personal === undefined || !scopes.has(CUSTOMERS_PERSONAL) ? {} : { personal }),
    ...(erased === undefined ? {} : { erasedAt: isoTime(erased.at) }),
  };
}
