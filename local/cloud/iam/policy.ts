import * as z from 'zod';
import { LocalCloudError } from '../errors.ts';
import { asList, type Json } from '../json.ts';
import { CONDITION_OPERATORS, KNOWN_KEYS } from './conditions.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => asList(value));
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Principal: z.unknown().optional(),
  Condition: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z
          .union([
            z.string(),
            z.boolean(),
            z.number(),
            z.array(z.union([z.string(), z.boolean(), z.number()])),
          ])
          .transform((value) => asList(value).map(String)),
      ),
    )
    .default({}),
});
const documentSchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema, z.array(statementSchema)]).transform((value) => asList(value)),
});

export type Statement = z.output<typeof statementSchema>;

/**
 * Reads a policy document.
 *
 * @throws LocalCloudError for an element, a condition operator or a condition key that the local cloud cannot judge: a
 * policy that is half understood would allow or refuse something else than AWS does.
 */
export function parsePolicy(document: Json, place: string): Statement[] {
  const result = documentSchema.safeParse(document);
  if (!result.success) {
    throw unsupported(place, z.prettifyError(result.error));
  }
  for (const { Condition } of result.data.Statement) {
    for (const [operator, keys] of Object.entries(Condition)) {
      if (!CONDITION_OPERATORS.has(operator.replace(/^ForA(ny|ll)Values?:/, '').replace(/IfExists$/, ''))) {
        throw unsupported(place, `condition operator ${operator}`);
      }
      for (const key of Object.keys(keys)) {
        if (!KNOWN_KEYS.has(key.toLowerCase())) throw unsupported(place, `condition key ${key}`);
      }
    }
  }
  return result.data.Statement;
}

function unsupported(place: string, what: string): LocalCloudError {
  return new LocalCloudError(
    'unsupported-policy',
    `The policy of ${place} has something that the local cloud cannot judge: ${what}. Teach it in ` +
      'local/cloud/iam/, or write the policy without it.',
  );
}
