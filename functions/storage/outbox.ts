import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Message, messageSchema } from '../runtime/messages.ts';
import type { Queue } from '../runtime/queue.ts';

/** Keeps messages that the queue refused, until it takes them. They never expire. */
export interface Outbox {
  keep(messages: readonly Message[]): Promise<void>;
  /** Sends what is kept, oldest first, and forgets each only when the queue has it. */
  drain(queue: Queue): Promise<void>;
}

const stored = z.object({ sk: z.string(), message: messageSchema });

export function createOutbox(options: {
  client: DynamoDBDocumentClient;
  table: string;
  name: string;
}): Outbox {
  const { client, table: TableName } = options;
  const pk = `outbox#${options.name}`;
  return {
    async keep(messages) {
      for (const message of messages) {
        const part = 'payload' in message ? (message.payload.part?.index ?? 0) : 0;
        const sk = `${String(message.receivedAt).padStart(15, '0')}#${message.correlationId}#${String(part).padStart(3, '0')}`;
        await client.send(new PutCommand({ TableName, Item: { pk, sk, message } }));
      }
    },
    async drain(queue) {
      const answer = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
        }),
      );
      for (const item of answer.Items ?? []) {
        const { sk, message } = stored.parse(item);
        await queue.send(message);
        await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
      }
    },
  };
}
