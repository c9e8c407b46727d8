import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describeError } from '../runtime/describe-error.ts';
import { messageSchema, type SingleMessage, unpack } from '../runtime/queue.ts';
import type { Log } from '../runtime/telemetry.ts';
import type { ChunkStore } from '../storage/chunks.ts';

/** A message of ours with the bytes it carries, whole; the message's own bytes when it carries none. */
export interface QueueMessage<M extends SingleMessage = SingleMessage> {
  messageId: string;
  message: M;
  bytes: Uint8Array;
}

/** A message that has to come back, and why. */
export interface Failure {
  messageId: string;
  correlationId?: string | undefined;
  error: unknown;
}

export interface Batch {
  chunks: ChunkStore;
  log: Log;
}

/**
 * Works through an SQS batch and reports exactly the messages that have to come back. `work` answers those that failed; a
 * message it does not name is done and gone. A message that can't be opened is ours and a bug: it comes back until it is
 * in the dead-letter queue.
 */
export async function processBatch(
  batch: Batch,
  event: SQSEvent,
  work: (messages: QueueMessage[]) => Promise<Failure[]>,
): Promise<SQSBatchResponse> {
  const failures: Failure[] = [];
  const messages: QueueMessage[] = [];
  for (const record of event.Records) {
    try {
      messages.push(...(await open(batch, record)));
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
  const failed = new Set(failures.map(({ messageId }) => messageId));
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Runs `work` for a group of messages; if it fails, every one of them comes back. */
export async function attempt(
  messages: readonly QueueMessage[],
  work: () => Promise<void>,
): Promise<Failure[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return failuresOf(messages, error);
  }
}

/** Every one of `messages` comes back, for one reason. */
export const failuresOf = (messages: readonly QueueMessage[], error: unknown): Failure[] =>
  messages.map(({ messageId, message: { correlationId } }) => ({ messageId, correlationId, error }));

/**
 * Runs `work` for each message by itself, so that one that fails never stops the others. All at once: two of one order
 * meet at the row's condition, and the rest have nothing to do with each other.
 */
export async function processEach(
  messages: readonly QueueMessage[],
  work: (message: QueueMessage) => Promise<void>,
): Promise<Failure[]> {
  const results = await Promise.all(messages.map((message) => attempt([message], () => work(message))));
  return results.flat();
}

/** What a record of the queue carries: nothing yet, where it is a chunk of a payload that is not whole. */
async function open(batch: Batch, { messageId, body }: SQSRecord): Promise<QueueMessage[]> {
  const message = messageSchema().parse(JSON.parse(body));
  if (message.kind === 'cohort') {
    const opened = await Promise.all(message.messages.map((one) => openOne(batch, messageId, one)));
    return opened.flat();
  }
  return openOne(batch, messageId, message);
}

async function openOne(
  { chunks }: Batch,
  messageId: string,
  message: SingleMessage,
): Promise<QueueMessage[]> {
  if (!('payload' in message)) return [{ messageId, message, bytes: Buffer.from(JSON.stringify(message)) }];
  const { payload, correlationId } = message;
  const whole = payload.chunk === undefined ? payload : await chunks.add(correlationId, payload);
  return whole === undefined ? [] : [{ messageId, message, bytes: unpack(whole) }];
}
