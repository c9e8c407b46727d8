import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { Change } from './event-of.ts';

/** What a record of the table's stream says was written. */
export function changeOf({ dynamodb }: DynamoDBRecord, now: number): Change {
  const { OldImage, NewImage, ApproximateCreationDateTime } = dynamodb ?? {};
  // Whole seconds.
  const at = ApproximateCreationDateTime === undefined ? now : ApproximateCreationDateTime * 1000;
  return {
    at,
    ...(OldImage === undefined ? {} : { before: plainItem(OldImage) }),
    ...(NewImage === undefined ? {} : { after: plainItem(NewImage) }),
  };
}

const plainItem = (image: Record<string, AttributeValue>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plain(value)]));

/**
 * A value as the document client would give it. Not the SDK's own function: that throws where a number is too large, and one
 * such number must not stop the feed.
 */
function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return plainItem(value.M);
  if (value.L !== undefined) return value.L.map(plain);
  if (value.NULL !== undefined) return null;
  // Bytes and sets: no row has any, and as they are they can be compared.
  return value;
}
