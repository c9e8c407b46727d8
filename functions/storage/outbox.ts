import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Message, messageSchema } from '../runtime/messages.ts';
import type { Queue } from '../runtime/queue.ts';
import { inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { outboxKey, outboxPk } from './keys.ts';

/** Keeps messages that the queue refused, until it takes them. They never expire. */
export interface Outbox {
  keep(messages: readonly Message[]): Promise<void>;
  /** Sends what is kept, oldest first, and forgets each only when the queue has it. */
  drain(queue: Queue): Promise<void>;
}

const outboxItem = z.object({ pk: z.string(), sk: z.string(), message: messageSchema });

export function createOutbox(options: StoreTable): Outbox {
  const { client, table: TableName } = options;
  return {
    async keep(messages) {
      for (const message of messages) {
        const { receivedAt, correlationId } = message;
        const chunk = 'payload' in message ? (message.payload.chunk?.index ?? 0) : 0;
        const Item = { ...outboxKey(options, { receivedAt, correlationId, chunk }), message };
        await client.send(new PutCommand({ TableName, Item }));
      }
    },
    async drain(queue) {
      const kept = await queryAll(client, inPartition(TableName, outboxPk(options)), outboxItem);
      for (const { pk, sk, message } of kept) {
        await queue.send(message);
        await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
      }
    },
  };
}
