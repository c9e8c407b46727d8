import * as z from 'zod';

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
