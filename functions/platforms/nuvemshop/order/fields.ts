import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { object } from '../../reading/forms.ts';

/**
 * A text as the table can hold it: half an emoji, where a text was cut, becomes a replacement character. Texts that are all
 * digits (zip codes, document numbers) come as numbers now and then.
 */
export const text = lazily(() =>
  z
    .union([z.string(), z.number()])
    .transform((value) => String(value).toWellFormed())
    .nullish(),
);
/** A text, or one per language; the first that says something. */
export const someText = lazily(() =>
  z
    .union([z.string(), z.number(), z.record(z.string(), z.string().nullable())])
    .transform((value) =>
      String(
        typeof value === 'object'
          ? (Object.values(value).find((one) => one !== null && one !== '') ?? '')
          : value,
      ).toWellFormed(),
    )
    .nullish(),
);
export const amount = lazily(() => z.union([z.string(), z.number()]).nullish());
/** A date text, or PHP's DateTime as JSON, as in `completed_at` (reference, order page). */
export const time = lazily(() =>
  z.preprocess(
    (value) => (Array.isArray(value) && value.length === 0 ? undefined : value),
    z
      .union([
        z.string(),
        z.number().transform(String),
        z.object({ date: z.string(), timezone: z.string().nullish() }),
      ])
      .nullish(),
  ),
);
export type NuvemshopTime = z.output<ReturnType<typeof time>>;

/** What may be written as a name alone, or as an object with it. */
export const nameForm = lazily(() => z.union([text(), object({ name: text(), code: text() })]));

/** A text where an object belongs is what the object says first; of a list, the first that is in it. */
export const orText = <S extends z.core.$ZodLooseShape>(field: string, shape: S) =>
  z.preprocess((value) => {
    const [one] = Array.isArray(value) ? value.filter((inner) => inner !== null) : [value];
    return typeof one === 'string' || typeof one === 'number' ? { [field]: one } : one;
  }, z.object(shape).nullish());
