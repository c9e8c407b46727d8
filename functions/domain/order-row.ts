import * as z from 'zod';
import { type Order, orderSchema, type PlatformName, platformNameSchema, REVIEW_REASONS } from './order.ts';

/** How an observation of an order reached us. */
export const ORIGINS = ['webhook', 'poll', 'reconcile', 'replay'] as const;
export const originSchema = z.enum(ORIGINS);
export type Origin = z.infer<typeof originSchema>;

const { personal, ...withoutPersonal } = orderSchema.shape;
const time = z.number().int();

/** Reference to the bytes an order was made from; they are items of their own beside the row and expire. */
const rawReference = z.object({
  sha256: z.string(),
  bytes: z.number().int(),
  chunkCount: z.number().int().min(1),
});
export type RawReference = z.infer<typeof rawReference>;

/** Why the personal data of an order was erased for good. */
export const ERASURE_CAUSES = ['customer-request', 'store-request', 'operator'] as const;

const erasure = z.object({
  at: time,
  because: z.enum(ERASURE_CAUSES).catch('operator'),
  /** Correlation id of the request that asked for it. */
  request: z.string(),
});
export type Erasure = z.infer<typeof erasure>;

/**
 * One order as it is kept, without the keys of its item. Times are epoch ms, except `changedAt`, which is ISO text.
 *
 * `revision` rises with every write and guards against concurrent writers; `version` rises with every change of content,
 * and is what readers compare.
 */
export const orderRowSchema = z.object({
  platform: platformNameSchema,
  storeId: z.string(),
  platformOrderId: z.string(),
  state: z.enum(['ok', 'needs-review']),
  review: z
    .object({ reason: z.enum(REVIEW_REASONS).catch('schema-mismatch'), problem: z.string(), at: time })
    .optional(),
  changedAt: z.string(),
  order: z.object(withoutPersonal).optional(),
  personal: personal.optional(),
  /** The platform's time of the content; absent where the platform states none. */
  sourceTime: time.optional(),
  /** When the platform was asked for this content (fetch), or when its bytes reached us (push, poll). */
  observedAt: time,
  version: z.number().int().min(0),
  revision: z.number().int().min(1),
  contentHash: z.string().optional(),
  /** Absent where no bytes may be kept. */
  raw: rawReference.optional(),
  /** Set for good once the personal data was erased: whatever is seen of the order later, none of it is kept. */
  erased: erasure.optional(),
  origin: z.object({
    first: z.object({ via: originSchema, at: time }),
    last: z.object({ via: originSchema, at: time }),
    /** From the platform's time of the last change to its row, in ms; absent without a platform time. */
    lagMs: z.number().optional(),
  }),
  correlationId: z.string(),
});
export type OrderRow = z.infer<typeof orderRowSchema>;

export interface OrderKey {
  platform: PlatformName;
  storeId: string;
  platformOrderId: string;
}

/** The whole order of a row, personal data included; `undefined` while the row only says what is wrong. */
export function orderOf(row: OrderRow): Order | undefined {
  return row.order === undefined ? undefined : { ...row.order, personal: row.personal ?? {} };
}
