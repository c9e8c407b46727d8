import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describeError } from '../runtime/describe-error.ts';
import { type Queue, readMessage, type SingleMessage, unpack } from '../runtime/queue.ts';
import type { Log } from '../runtime/telemetry.ts';
import type { ChunkStore } from '../storage/chunks.ts';
import { AT_ONCE, mapConcurrent } from './map-concurrent.ts';

/** A message of ours with the bytes it carries, whole; the message's own bytes when it carries none. */
export interface QueueMessage<M extends SingleMessage = SingleMessage> {
  messageId: string;
  message: M;
  bytes: Uint8Array;
}

/** A message that has to come back, and why. `message` is absent where it could not be read. */
export interface Failure {
  messageId: string;
  message?: SingleMessage;
  error: unknown;
}

export interface Batch {
  chunks: ChunkStore;
  log: Log;
  /** The queue that the messages came from. */
  queue: Queue;
}

/** One of a cohort that failed comes back this soon (s); where it fails again, as late as the queue gives it out again. */
const ALONE_AFTER_SECONDS = 60;
/** Where more of a cohort failed, the reason is hardly theirs: alone each of them would wait, and ask, for itself. */
const MOST_ALONE = 5;

/**
 * Works through an SQS batch and reports exactly the messages that have to come back. `work` answers those that failed; a
 * message it does not name is done and gone. A message that can't be opened is ours and a bug: it comes back until it is
 * in the dead-letter queue. Of a cohort only those come back that failed, each by itself from then on.
 */
export async function processBatch(
  batch: Batch,
  event: SQSEvent,
  work: (messages: QueueMessage[]) => Promise<Failure[]>,
): Promise<SQSBatchResponse> {
  const failures: Failure[] = [];
  const messages: QueueMessage[] = [];
  const members = new Map<string, number>();
  for (const record of event.Records) {
    try {
      const singles = singlesOf(record);
      members.set(record.messageId, singles.length);
      for (const message of singles) {
        const opened = await openOne(batch, record.messageId, message).catch((error: unknown) => {
          failures.push({ messageId: record.messageId, message, error });
          return [];
        });
        messages.push(...opened);
      }
    } catch (error) {
      failures.push({ messageId: record.messageId, error });
    }
  }
  failures.push(...(await work(messages)));
  for (const { messageId, error, message } of failures) {
    batch.log.error('message failed and comes back', {
      messageId,
      correlationId: message?.correlationId,
      error: describeError(error),
    });
  }
  const back = await Promise.all(
    [...Map.groupBy(failures, ({ messageId }) => messageId)].map(async ([itemIdentifier, failed]) =>
      (await sentAlone(batch, failed, members.get(itemIdentifier) ?? 1)) ? [] : [{ itemIdentifier }],
    ),
  );
  return { batchItemFailures: back.flat() };
}

/**
 * Sends those of a cohort that failed again, so that it need not come back with all that were dealt with, or were sent again
 * themselves. False where it has to: most of it failed, or the queue does not take them.
 */
async function sentAlone(
  { queue, log }: Batch,
  failures: readonly Failure[],
  members: number,
): Promise<boolean> {
  const failed = new Set(failures.map(({ message }) => message));
  if (failed.size >= members || failed.size > MOST_ALONE) return false;
  try {
    for (const message of failed)
      if (message !== undefined) await queue.send({ ...message, alone: true }, ALONE_AFTER_SECONDS);
    return true;
  } catch (error) {
    log.error('what failed of a cohort could not be sent again; all of it comes back', {
      error: describeError(error),
    });
    return false;
  }
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
  messages.map(({ messageId, message }) => ({ messageId, message, error }));

/**
 * Runs `work` for each message by itself, so that one that fails never stops the others. Side by side: two of one order
 * meet at the row's condition, and the rest have nothing to do with each other.
 */
export async function processEach(
  messages: readonly QueueMessage[],
  work: (message: QueueMessage) => Promise<void>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  await mapConcurrent(AT_ONCE, messages, async (message) => {
    failures.push(...(await attempt([message], () => work(message))));
  });
  return failures;
}

/** The messages of a record: one, or those of a cohort. */
function singlesOf({ body }: SQSRecord): SingleMessage[] {
  const message = readMessage(JSON.parse(body));
  return message.kind === 'cohort' ? message.messages : [message];
}

/** What a message carries: nothing yet, where it is a chunk of a payload that is not whole. */
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
