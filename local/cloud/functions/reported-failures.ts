import { asObject, asText } from '../json.ts';

/**
 * Which items of a batch a handler says it failed: messages of a queue, records of a stream. An answer that Lambda cannot
 * read, an empty identifier or one that is not in the batch makes the whole batch a failure. (Lambda guide, "Handling errors
 * for an SQS event source" and "Configuring partial batch response with DynamoDB and Lambda".)
 */
export function failedItems(payload: unknown, batch: readonly { id: string }[]): ReadonlySet<string> {
  const all = new Set(batch.map(({ id }) => id));
  if (payload === null || payload === undefined || payload === '') return new Set();
  const failures = asObject(payload).batchItemFailures;
  if (failures === undefined || failures === null) return typeof payload === 'object' ? new Set() : all;
  if (!Array.isArray(failures)) return all;
  const ids = failures.map((failure) => asText(asObject(failure).itemIdentifier));
  return ids.some((id) => id === undefined || !all.has(id))
    ? all
    : new Set(ids.filter((id) => id !== undefined));
}
