import { ServiceError } from '../errors.ts';
import { asObject, isObject, type JsonObject } from '../json.ts';

const LONGEST_DELAY_SECONDS = 900;
const LONGEST_VISIBILITY_SECONDS = 43_200;
const MOST_ATTRIBUTES = 10;

/**
 * Refuses what SQS refuses and fauxqs takes. (SQS guide, "Message quotas".)
 *
 * @throws ServiceError `InvalidParameterValue`; for an entry of a batch, the whole batch is refused.
 */
export function checkLimits(input: JsonObject): void {
  const entries = Array.isArray(input.Entries) ? input.Entries.map(asObject) : [];
  for (const part of [input, ...entries]) {
    checkRange(part, 'DelaySeconds', LONGEST_DELAY_SECONDS);
    checkRange(part, 'VisibilityTimeout', LONGEST_VISIBILITY_SECONDS);
    const attributes = isObject(part.MessageAttributes) ? Object.keys(part.MessageAttributes) : [];
    if (attributes.length > MOST_ATTRIBUTES) {
      throw invalid(
        `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${MOST_ATTRIBUTES}].`,
      );
    }
  }
}

function checkRange(part: JsonObject, name: string, most: number): void {
  const value = part[name];
  if (value === undefined || value === null) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return;
  throw invalid(
    `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Reason: Must be an integer between 0 and ${most}.`,
  );
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}
