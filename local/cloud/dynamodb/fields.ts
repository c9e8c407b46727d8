import { ServiceError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import * as dynalite from './dynalite.ts';

/** Fields that are handled in front of dynalite. */
const OTHER_FIELDS: ReadonlySet<string> = new Set(['ReturnValuesOnConditionCheckFailure']);

/** dynalite drops fields that it does not know; here that would be a difference in silence. */
export function refuseUnknownFields(operation: dynalite.Operation, input: JsonObject): void {
  const known = new Set(dynalite.fieldsOf(operation));
  const unknown = Object.keys(input).find((field) => !known.has(field) && !OTHER_FIELDS.has(field));
  if (unknown) {
    throw new ServiceError(
      'UnknownOperationException',
      `The local cloud does not know ${operation}.${unknown}: dynalite would ignore it.`,
      501,
    );
  }
}
