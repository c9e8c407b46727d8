import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { MirrorFields } from '../../domain/mirror-row.ts';
import { platformNameSchema, REVIEW_REASONS } from '../../domain/order.ts';
import { isoTime } from '../../domain/time.ts';

const time = z.string();

/** What the API shows of every thing that is mirrored. */
export const mirroredView = lazily(() =>
  z.object({
    id: z.string(),
    platform: platformNameSchema(),
    storeId: z.string(),
    /** Rises with every change of the content, and when it goes or comes back. */
    version: z.int(),
    changedAt: time,
    /** `needs-review`: what the platform said last could not be understood; the content is as it was before. */
    state: z.enum(['ok', 'needs-review']),
    review: z.object({ reason: z.enum(REVIEW_REASONS), problem: z.string(), at: time }).optional(),
    /** Since when the platform has it no more; the content is as it was last, without data of a person. */
    removedAt: time.optional(),
  }),
);

export function viewOfMirrored(row: MirrorFields): Omit<z.infer<ReturnType<typeof mirroredView>>, 'id'> {
  const { platform, storeId, version, changedAt, state, review, removedAt } = row;
  return {
    platform,
    storeId,
    version,
    changedAt,
    state,
    ...(review === undefined ? {} : { review: { ...review, at: isoTime(review.at) } }),
    ...(removedAt === undefined ? {} : { removedAt: isoTime(removedAt) }),
  };
}
