import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Log } from '../runtime/log.ts';
import type { Message } from '../runtime/messages.ts';
import { unpack } from '../runtime/unpack.ts';
import type { ChunkStore } from '../storage/chunks.ts';

/** A message of ours with the bytes it carries, whole; the message's own bytes when it carries none. */
export interface QueueMessage<M extends Message> {
  messageId: string;
  message: M;
  bytes: Uint8Array;
}

export interface Batch<M extends Message> {
  schema: z.ZodType<M>;
  parts: ChunkStore;
  log: Log;
}

/**
 * Works through an SQS batch and reports exactly the messages that have to come back. `work` answers the ids of those that
 * failed; a delivery it does not name is done and gone. A message that can't be opened is ours and a bug: it comes back
 * until it is in the dead-letter queue.
 */
export async function processBatch<M extends Message>(
  batch: Batch<M>,
  event: SQSEvent,
  work: (messages: QueueMessage<M>[]) => Promise<Failure[]>,
): Promise<SQSBatchResponse> {
  const failures: Failure[] = [];
  const messages: QueueMessage<M>[] = [];
  for (const record of event.Records) {
    try {
      const opened = await open(batch, record);
      if (opened !== undefined) messages.push(opened);
    } catch (error) {
      failures.push({ messageId: record.messageId, error });
    }
  }
  failures.push(...(await work(messages)));
  for (const { messageId, error, correlationId } of failures) {
    batch.log.error('message failed and comes back', {
      messageId,
      correlationId,
      error: describeError(error),
    });
  }
  return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

export interface Failure {
  messageId: string;
  correlationId?: string | undefined;
  error: unknown;
}

/**
 * Runs `work` for each delivery by itself, so that one that fails never stops the others. All at once: two of one order
 * meet at the row's condition, and the rest have nothing to do with each other.
 */
export async function processEach<M extends Message>(
  messages: QueueMessage<M>[],
  work: (queued: QueueMessage<M>) => Promise<void>,
): Promise<Failure[]> {
  const results = await Promise.all(
    messages.map(async (queued): Promise<Failure[]> => {
      try {
        await work(queued);
        return [];
      } catch (error) {
        return [{ messageId: queued.messageId, correlationId: queued.message.correlationId, error }];
      }
    }),
  );
  return results.flat();
}

async function open<M extends Message>(
  { schema, parts }: Batch<M>,
  record: SQSRecord,
): Promise<QueueMessage<M> | undefined> {
  const message = schema.parse(JSON.parse(record.body));
  const { messageId } = record;
  if (!('payload' in message)) return { messageId, message, bytes: Buffer.from(record.body) };
  const whole = await parts.add(message.correlationId, message.payload);
  return whole === undefined ? undefined : { messageId, message, bytes: unpack(whole) };
}

/** Name and message of an error; a schema's complaint names paths and types only, because values may be personal. */
export function describeError(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; ');
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
}
