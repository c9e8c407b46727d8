import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '../runtime/clock.ts';

const backfillItem = z.object({ from: z.number(), markedAt: z.number() });

/** The mark of functions/storage/backfill-requests.ts: events from `from` (epoch ms) on may never have been sent. */
export type BackfillRequest = z.infer<typeof backfillItem>;

export interface BackfillReader {
  read(): Promise<BackfillRequest | undefined>;
  /** Clears the mark that was read, once what it asks for is written down; a newer mark stays. */
  clear(due: BackfillRequest): Promise<void>;
}

export function createBackfillReader(options: {
  client: DynamoDBDocumentClient;
  table: string;
  pk: string;
}): BackfillReader {
  const { client, table: TableName } = options;
  const Key = { pk: options.pk, sk: 'due' };
  return {
    async read() {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : backfillItem.parse(Item);
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
