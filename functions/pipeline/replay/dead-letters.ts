import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Message, messageSchema } from '../../runtime/queue.ts';

/** What may be shown of a dead-letter message: never its payload, which may be a person's order. */
export interface DeadLetterMessage {
  messageId: string;
  kind: string;
  correlationId: string;
  /** Epoch ms at which our side first had it; absent when the message is not one of ours. */
  receivedAt?: number;
  attempts?: number;
  /** Names of the orders it is about; absent where it does not tell. */
  orders?: string[];
  /** How often it was worked on in vain before it came here; absent where it was put here without being tried. No look changes it. */
  tries?: number;
  /** How often it was received in its life: its tries and every look since. SQS has no way to look that adds none. */
  receives: number;
  bytes: number;
}

/** One dead-message queue, for an operator to look into and empty. */
export interface DeadLetters {
  count(): Promise<number>;
  /** Shows up to `limit` messages; they go straight back. */
  peek(limit: number): Promise<DeadLetterMessage[]>;
  /** Sends messages back to the queue they came from. Those that fail again meanwhile are left alone. */
  redrive(limit: number): Promise<{ moved: number }>;
  /** Deletes up to `limit` messages for good. */
  purge(limit: number): Promise<{ deleted: number }>;
}

const BATCH = 10;
/** Long enough to send and delete ten, short enough that an interrupted run leaves nothing out of sight for long. */
const HIDDEN_SECONDS = 30;
/** An empty answer may be bad luck: SQS asks only some of its servers at once. */
const EMPTY_ANSWERS = 2;

const head = z.looseObject({
  kind: z.string().max(64).catch('unknown'),
  correlationId: z.string().max(256).catch('unknown'),
  receivedAt: z.number().optional().catch(undefined),
  attempts: z.number().optional().catch(undefined),
});

export function createDeadLetters(options: {
  client: SQSClient;
  /** URLs of the dead-message queue and of the queue in front of it. */
  from: string;
  to: string;
  /** Names of the orders that a message is about. */
  ordersOf?: (message: Message) => string[];
}): DeadLetters {
  const { client, from: QueueUrl, to, ordersOf = () => [] } = options;
  const receive = async (most: number): Promise<SqsMessage[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(BATCH, most),
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const giveBack = ({ ReceiptHandle }: SqsMessage) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  const remove = ({ ReceiptHandle }: SqsMessage) =>
    client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  /** Takes messages until `limit` were worked on or none is left. Whatever `work` does not delete becomes visible again by itself. */
  async function each(limit: number, work: (message: SqsMessage) => Promise<boolean>): Promise<number> {
    let done = 0;
    for (let empty = 0; empty < EMPTY_ANSWERS && done < limit; ) {
      const messages = await receive(limit - done);
      const worked = await Promise.all(messages.map(work));
      const count = worked.filter(Boolean).length;
      empty = count > 0 ? 0 : empty + 1;
      done += count;
    }
    return done;
  }

  return {
    async count() {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
    },
    async peek(limit) {
      const most = await triesBefore(client, to);
      const seen = new Map<string, SqsMessage>();
      await each(limit, async (message) => {
        const known = seen.has(message.MessageId ?? '');
        seen.set(message.MessageId ?? '', message);
        return !known;
      });
      await Promise.all([...seen.values()].map(giveBack));
      return [...seen.values()].map((message) => ({
        ...redacted(message, most),
        ...about(message, ordersOf),
      }));
    },
    async redrive(limit) {
      // By their ids, which they keep among the dead letters: the clock of the machine that asks may be hours behind.
      const sent = new Set<string | undefined>();
      const moved = await each(limit, async (message) => {
        // It was sent again by this very run and failed again.
        if (sent.has(message.MessageId)) return false;
        const { Body: MessageBody, MessageAttributes } = message;
        const { MessageId } = await client.send(
          new SendMessageCommand({
            QueueUrl: to,
            MessageBody,
            ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
          }),
        );
        sent.add(MessageId);
        // Only now: interrupted in between it is in both queues, and coming twice does no harm.
        await remove(message);
        return true;
      });
      return { moved };
    },
    async purge(limit) {
      const deleted = await each(limit, async (message) => {
        await remove(message);
        return true;
      });
      return { deleted };
    },
  };
}

/** A message may be here because nobody can read it. */
function about({ Body = '' }: SqsMessage, ordersOf: (message: Message) => string[]): { orders?: string[] } {
  const read = messageSchema().safeParse(jsonOf(Body));
  if (!read.success) return {};
  try {
    const orders = ordersOf(read.data);
    return orders.length === 0 ? {} : { orders };
  } catch {
    return {};
  }
}

const redrivePolicy = z.object({ maxReceiveCount: z.coerce.number() });

/** How often the queue in front has a message worked on before it gives it up; undefined where it never does. */
async function triesBefore(client: SQSClient, QueueUrl: string): Promise<number | undefined> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  return redrivePolicy.safeParse(jsonOf(Attributes?.RedrivePolicy ?? '')).data?.maxReceiveCount;
}

/** @param most tries that a message has behind it when its queue gives it up; SQS counts receives on across both queues */
function redacted(
  { MessageId = '', Body = '', Attributes }: SqsMessage,
  most: number | undefined,
): DeadLetterMessage {
  const { kind, correlationId, receivedAt, attempts } = head.parse(jsonOf(Body));
  const receives = Number(Attributes?.ApproximateReceiveCount ?? 0);
  return {
    messageId: MessageId,
    kind,
    correlationId,
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(most === undefined || receives <= most ? {} : { tries: most }),
    receives,
    bytes: Buffer.byteLength(Body),
  };
}

function jsonOf(text: string): object {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
}
