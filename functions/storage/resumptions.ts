import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '../runtime/clock.ts';
import { TABLE_KEYS } from './keys.ts';

/** Longer than a message can wait in a queue (14 days) and a platform can go on sending (2 days). */
const KEEP_SECONDS = 30 * 24 * 3600;

const resumptionItem = z.object({ at: z.number() });

/**
 * When calls were last declared welcome. The notices that stop them carry no time of their own, so one that waited in a
 * queue while the app was installed anew would stop it again.
 */
export interface Resumptions {
  remember(at: EpochMs): Promise<void>;
  /** True when calls were declared welcome after `at`. */
  since(at: EpochMs): Promise<boolean>;
}

export function createResumptions(options: {
  client: DynamoDBDocumentClient;
  table: string;
  pk: string;
}): Resumptions {
  const { client, table: TableName } = options;
  const Key = { pk: options.pk, sk: 'lifted' };
  return {
    async remember(at) {
      try {
        await client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET #at = :at, #expiry = :expiry',
            ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
            ExpressionAttributeNames: { '#at': 'at', '#expiry': TABLE_KEYS.expiry },
            ExpressionAttributeValues: { ':at': at, ':expiry': Math.ceil(at / 1000) + KEEP_SECONDS },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    async since(at) {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item !== undefined && resumptionItem.parse(Item).at > at;
    },
  };
}
