import * as z from 'zod';
import { id, minorUnits } from './fields.ts';
import { lazily } from './lazily.ts';
import { platformNameSchema } from './order.ts';
import { address } from './order-parts.ts';
import { isoUtc } from './time.ts';

/** A place that a customer has things sent to. */
const customerAddress = lazily(() =>
  address().extend({
    addressId: id().optional(),
    /** The one that the platform offers first. */
    isDefault: z.literal(true).optional(),
    name: z.string().optional(),
    phone: z.string().optional(),
  }),
);

/** Everything that names or reaches the customer. One attribute, so that it can be erased; never logged. */
export const customerPersonal = lazily(() =>
  z.object({
    name: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    documentId: z.string().optional(),
    billing: z
      .object({ name: z.string().optional(), phone: z.string().optional(), address: address().optional() })
      .optional(),
    addresses: z.array(customerAddress()).optional(),
    /** What the merchant wrote about the customer. */
    note: z.string().optional(),
    /** Fields that the shop or an app added. */
    customFields: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  }),
);

/**
 * A customer as every reader of the table sees it, whatever platform it came from. What the platform never said is absent.
 */
export const customerSchema = lazily(() =>
  z.object({
    platform: platformNameSchema(),
    storeId: z.string().min(1).max(128),
    platformCustomerId: id(),
    /** Whether the customer takes advertising. */
    acceptsMarketing: z.boolean().optional(),
    /** In all orders, as the platform counts it. */
    totalSpent: z.object({ amount: minorUnits(), currency: z.string().regex(/^[A-Z]{3}$/) }).optional(),
    /** The platform's id of the latest order. */
    lastOrderId: id().optional(),
    platformCreatedAt: isoUtc().optional(),
    /** The latest time of change that the platform states. */
    platformUpdatedAt: isoUtc().optional(),
    /** What was odd but did not stop us. */
    warnings: z.array(z.string()),
    personal: customerPersonal(),
  }),
);
export type Customer = z.infer<ReturnType<typeof customerSchema>>;

export interface CustomerKey {
  platform: string;
  storeId: string;
  platformCustomerId: string;
}
