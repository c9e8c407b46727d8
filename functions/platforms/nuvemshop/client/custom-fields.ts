import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema } from '../ids.ts';
import { checked } from './read.ts';
import type { Requests } from './requests.ts';
import { path } from './url.ts';
import { createIdempotently, type PreviousAttempt } from './write-once.ts';

/** A field that variants can have. A `text_list` names the values to choose from. */
export const customFieldCreation = z
  .strictObject({
    name: z.string().min(1),
    description: z.string().optional(),
    value_type: z.enum(['text_list', 'text', 'numeric', 'date']),
    read_only: z.boolean().optional(),
    values: z.array(z.string()).optional(),
  })
  .refine(
    ({ value_type, values }) => value_type !== 'text_list' || (values?.length ?? 0) > 0,
    'a text_list needs values',
  );
export type CustomFieldCreation = z.input<typeof customFieldCreation>;
/** The guide sends `value`; the reference has `values`. */
export const customFieldUpdate = z.strictObject({ values: z.array(z.string()).min(1) });
/** Null takes the field off the variant. */
export const customFieldValues = z
  .array(z.strictObject({ id: z.string().min(1), value: z.union([z.string(), z.number()]).nullable() }))
  .min(1);
export type CustomFieldValues = z.input<typeof customFieldValues>;

export const customField = z.looseObject({ id: idSchema, name: z.string().nullish() });
export type CustomField = z.output<typeof customField>;

const DEFINITIONS = '/products/variants/custom-fields';

/**
 * Custom fields of variants: what fields there are, and what each variant says in them (Nuvemshop reference, custom
 * fields pages). Only the app that made a definition may change or delete it.
 */
export function createCustomFields(requests: Requests, clock: Clock) {
  const list = () => requests.get(z.array(customField), 'customFields.list', DEFINITIONS);
  const one = (id: string) => path`/products/variants/custom-fields/${id}`;
  return {
    list,
    get: (id: string) => requests.get(customField, 'customFields.get', one(id)),
    /** Defines a field. A repeat finds it by its name. */
    async create(body: CustomFieldCreation, repeat?: PreviousAttempt): Promise<CustomField> {
      const operation = 'customFields.create';
      const sent = checked(customFieldCreation, operation, body);
      return createIdempotently({
        clock,
        repeat,
        findExisting: async () => (await list()).find(({ name }) => name === sent.name),
        write: () => requests.post(customField, operation, DEFINITIONS, sent),
      });
    },
    /** Changes the values to choose from. */
    async update(id: string, body: z.input<typeof customFieldUpdate>): Promise<CustomField> {
      const sent = checked(customFieldUpdate, 'customFields.update', body);
      return requests.put(customField, 'customFields.update', one(id), sent);
    },
    delete: (id: string) => requests.remove('customFields.delete', one(id)),
    /** The fields that a variant has, with their values. */
    valuesOf: (productId: string, variantId: string) =>
      requests.get(
        z.array(customField),
        'customFields.valuesOf',
        path`/products/${productId}/variants/${variantId}/custom-fields`,
      ),
    /** Sets the values that are sent; the variant's other fields stay. */
    async setValues(productId: string, variantId: string, values: CustomFieldValues): Promise<void> {
      const operation = 'customFields.setValues';
      const sent = checked(customFieldValues, operation, values);
      const below = path`/products/${productId}/variants/${variantId}/custom-fields/values`;
      await requests.put(z.unknown(), operation, below, sent);
    },
  };
}
