import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '../runtime/clock.ts';

const dueItem = z.object({ from: z.number(), markedAt: z.number() });

/** The mark of functions/storage/backfill-requests.ts: events from `from` (epoch ms) on may never have been sent. */
export type Due = z.infer<typeof dueItem>;

export interface DueReader {
  read(): Promise<Due | undefined>;
  /** Clears the mark that was read, once what it asks for is written down; a newer mark stays. */
  clear(due: Due): Promise<void>;
}

export function createDueReader(options: {
  client: DynamoDBDocumentClient;
  table: string;
  pk: string;
}): DueReader {
  const { client, table: TableName } = options;
  const Key = { pk: options.pk, sk: 'due' };
  return {
    async read() {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : dueItem.parse(Item);
    },
    async clear({ from, markedAt }: { from: EpochMs; markedAt: EpochMs }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: 'markedAt = :markedAt AND #from = :from',
            ExpressionAttributeNames: { '#from': 'from' },
            ExpressionAttributeValues: { ':markedAt': markedAt, ':from': from },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
