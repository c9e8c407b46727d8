import * as z from 'zod';

/**
 * An id as Nuvemshop writes it: a number in one payload and a string in the next, for the same field (reference, order,
 * fulfillment order and location pages). Always a string here. Numbers beyond 2^53 must come through `parseJson`, which
 * keeps their digits.
 */
export const idSchema = z
  .union([z.string().trim().min(1).max(128), z.number().int().nonnegative()])
  .transform((id, context) => {
    if (typeof id === 'string') return id;
    if (Number.isSafeInteger(id)) return String(id);
    context.addIssue({ code: 'custom', message: 'Invalid id: digits were lost' });
    return z.NEVER;
  });

/** Ids of orders and stores are whole numbers, whatever the JSON type they travel in. */
export const numericIdSchema = idSchema.refine((id) => /^\d{1,20}$/.test(id), 'Invalid id: not digits only');
