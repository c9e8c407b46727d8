import * as z from 'zod';
import { platformNameSchema, REVIEW_REASONS } from './order.ts';
import { originSchema, rawReference } from './order-row.ts';
import { productId, productSchema } from './product.ts';

const time = z.number().int();

/**
 * One product as it is kept, without the keys of its item. Times are epoch ms, except `changedAt`, which is ISO text.
 *
 * `revision` rises with every write and guards against concurrent writers; `version` rises with every change of content and
 * when the product goes or comes back. `eventCount` numbers the row's events.
 */
export const productRowSchema = z.object({
  platform: platformNameSchema,
  storeId: z.string(),
  platformProductId: productId,
  state: z.enum(['ok', 'needs-review']),
  review: z
    .object({
      reason: z.enum(REVIEW_REASONS).catch('schema-mismatch'),
      problem: z.string(),
      at: time,
    })
    .optional(),
  changedAt: z.string(),
  /** The product as it was last understood; stays when it is removed. Absent while nothing of it was understood. */
  product: productSchema.optional(),
  contentHash: z.string().optional(),
  /** The platform's time of the content, no later than its observation; absent where the platform states none. */
  sourceTime: time.optional(),
  /** When the platform was asked for the content. */
  observedAt: time,
  /** When the platform was last asked and had the product, whatever it said of it; absent while it never did. */
  seenAt: time.optional(),
  /** When the platform was asked and had the product no more. Absent again once it was seen after that. */
  removedAt: time.optional(),
  version: z.number().int().min(0),
  revision: z.number().int().min(1),
  /** Absent while readers were told nothing. */
  eventCount: z.number().int().min(1).optional(),
  /** Kept while it needs review: what is understood is asked for again instead. */
  raw: rawReference.optional(),
  origin: z.object({
    first: z.object({ via: originSchema, at: time }),
    last: z.object({ via: originSchema, at: time }),
  }),
  correlationId: z.string(),
});
export type ProductRow = z.infer<typeof productRowSchema>;
