import { failedItems } from '../functions/reported-failures.ts';
import type { StreamEntry } from './table-stream.ts';

/** How an event source hands the records of a stream to its function. */
export interface SourceSettings {
  /** Most records of a batch. */
  batchSize: number;
  /** How long a batch gathers (ms). */
  windowMs: number;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Batches of one shard that may run at once, each with its own partition keys. */
  parallelization: number;
  bisect: boolean;
  /** Times that a failed batch is tried again; -1: for as long as the stream has its records. */
  maxRetries: number;
  /** Records that are older are discarded (ms); -1: never. */
  maxAgeMs: number;
  /** The function says from which record on it failed. */
  reportsFailures: boolean;
  /** Patience before a failed batch is tried again: the first wait, doubled each time, and the longest (ms). */
  backoff: { firstMs: number; mostMs: number };
  /** A reader that waited looks at the shard so long after a record came (ms); 0: at once. */
  pollMs: number;
}

/** Records that a function gets in one invocation. */
export interface Batch {
  readonly entries: readonly StreamEntry[];
  /** Failed tries of these records together. */
  readonly failures: number;
  /** Times that the function got them, also as part of a larger batch. */
  readonly invocations: number;
}

/**
 * Index of the first record that a function says it failed, undefined when it took them all. An answer that Lambda cannot
 * read fails the whole batch. (Lambda guide, "Configuring partial batch response with DynamoDB and Lambda".)
 */
export function firstFailed(payload: unknown, entries: readonly StreamEntry[]): number | undefined {
  const ids = entries.map(({ record }) => ({ id: record.dynamodb.SequenceNumber }));
  const failed = failedItems(payload, ids);
  const index = ids.findIndex(({ id }) => failed.has(id));
  return index === -1 ? undefined : index;
}

/**
 * What comes after a failure from a record on: those before it are done, and the others are tried again, cut in two where
 * the source bisects, or are given up. Cutting costs no try. A batch that the function itself cut by its report is not cut
 * once more.
 */
export function afterFailure(
  batch: Batch,
  from: number,
  { bisect, maxRetries }: Pick<SourceSettings, 'bisect' | 'maxRetries'>,
): { retry: Batch[] } | { discard: Batch } {
  const entries = batch.entries.slice(from);
  const invocations = batch.invocations + 1;
  if (bisect && entries.length > 1) {
    const middle = Math.ceil(entries.length / 2);
    const pieces = from > 0 ? [entries] : [entries.slice(0, middle), entries.slice(middle)];
    return { retry: pieces.map((piece) => ({ ...batch, entries: piece, invocations })) };
  }
  const rest = { entries, failures: batch.failures + 1, invocations };
  return maxRetries >= 0 && rest.failures > maxRetries ? { discard: rest } : { retry: [rest] };
}

/** Why records were given up. (Lambda guide, "Retain discarded records for a DynamoDB event source in Lambda".) */
export type DiscardReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** The message that Lambda sends to the destination of discarded records: where they are, not what is in them. */
export function discardMessage(options: {
  reason: DiscardReason;
  batch: Batch;
  /** The function's error; undefined: it answered, and reported failures. */
  error: string | undefined;
  requestId: string;
  functionArn: string;
  streamArn: string;
  shardId: string;
  now: number;
}): object {
  const { entries, invocations } = options.batch;
  const [first] = entries;
  const last = entries.at(-1);
  const time = (at: number | undefined): string => new Date(at ?? 0).toISOString();
  return {
    requestContext: {
      requestId: options.requestId,
      functionArn: options.functionArn,
      condition: options.reason,
      approximateInvokeCount: invocations,
    },
    ...(invocations === 0
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            functionError: options.error === undefined ? null : 'Unhandled',
          },
        }),
    version: '1.0',
    timestamp: time(options.now),
    DDBStreamBatchInfo: {
      shardId: options.shardId,
      startSequenceNumber: first?.record.dynamodb.SequenceNumber,
      endSequenceNumber: last?.record.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: time(first?.at),
      approximateArrivalOfLastRecord: time(last?.at),
      batchSize: entries.length,
      streamArn: options.streamArn,
    },
  };
}
