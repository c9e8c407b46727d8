import type * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import { describe } from '../../reading/tolerant-reader.ts';
import type { Answer } from './call.ts';

/**
 * What an answer says, through the schema of what is documented.
 *
 * @throws PlatformError of kind `not-understood`; a write may have happened all the same.
 */
export function read<S extends z.ZodType>(
  schema: S,
  operation: string,
  answer: Pick<Answer, 'json' | 'status'>,
): z.output<S> {
  const reading = schema.safeParse(answer.json);
  if (reading.success) return reading.data;
  throw new PlatformError({
    platform: 'nuvemshop',
    operation,
    kind: 'invalid-response',
    status: answer.status,
    outcomeUnknown: true,
    detail: describe(reading.error.issues),
  });
}

/**
 * What we are about to send, checked before it costs a call.
 *
 * @throws PlatformError of kind `refused`, without a status, naming the fields that are wrong.
 */
export function checked<S extends z.ZodType>(schema: S, operation: string, value: unknown): z.output<S> {
  const reading = schema.safeParse(value);
  if (reading.success) return reading.data;
  throw notSent(operation, `${describe(reading.error.issues)}.`);
}

/** The error for what Nuvemshop would not do, or would do wrongly: it is not asked. */
export function notSent(operation: string, detail: string, remedy?: string): PlatformError {
  return new PlatformError({
    platform: 'nuvemshop',
    operation,
    kind: 'refused',
    detail,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
