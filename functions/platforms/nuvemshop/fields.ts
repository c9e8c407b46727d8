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

/** An id we send: the platform's JSON has numbers, and so have we unless digits would be lost. Location ids are texts. */
export const wireId = z
  .union([z.string().regex(/^\d{1,20}$/, 'Invalid id: not digits only'), z.number().int().nonnegative()])
  .transform((id) => (Number.isSafeInteger(Number(id)) ? Number(id) : id));

/** ULID of a location, a fulfilment order or a tracking event. */
export const ulid = z.string().min(1).max(64);

/** A text for all languages, or one a language (Nuvemshop reference, introduction, languages). */
export const localised = z.union([z.string(), z.record(z.string(), z.string().nullable())]);

/** A price: a decimal text or a number. Null means "ask" on variants. */
export const price = z.union([
  z.number().nonnegative(),
  z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'Invalid price'),
]);

/** A moment, written with its offset. */
export const moment = z.iso.datetime({ offset: true });
