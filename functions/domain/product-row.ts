import * as z from 'zod';
import { lazily } from './lazily.ts';
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
export const productRowSchema = lazily(() =>
  z.object({
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
    product: productSchema().optional(),
    /** What decides whether another content is newer. */
    content: z
      .object({
        hash: z.string(),
        /** The platform's own time of it, no later than its observation; where it states none, that. */
        at: time,
        observedAt: time,
      })
      .optional(),
    /** When the platform was last asked, whatever it said. */
    observedAt: time,
    /** When the platform was asked and had the product no more; absent again once it has it. */
    removedAt: time.optional(),
    version: z.number().int().min(0),
    revision: z.number().int().min(1),
    /** Absent while readers were told nothing. */
    eventCount: z.number().int().min(1).optional(),
    /** Kept while it needs review: what is understood is asked for again instead. */
    raw: rawReference().optional(),
    origin: z.object({
      first: z.object({ via: originSchema, at: time }),
      last: z.object({ via: originSchema, at: time }),
    }),
    correlationId: z.string(),
  }),
);
export type ProductRow = z.infer<ReturnType<typeof productRowSchema>>;
