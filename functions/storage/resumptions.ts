import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { resumedKey } from './control-keys.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** Longer than a message can wait in a queue (14 days) and a platform can go on sending (2 days). */
const KEEP_RESUMED_SECONDS = 30 * 24 * 3600;

const resumedItem = lazily(() => z.object({ resumedAt: z.number() }));

/**
 * Remembers when calls were last resumed. The notices that suspend them carry no time of their own, so one that waited in
 * a queue while the app was installed anew would suspend it again.
 */
export function createResumptions(options: StoreTable) {
  const { client, table: TableName } = options;
  const Key = resumedKey(options);
  return {
    async remember(at: EpochMs): Promise<void> {
      await applied(
        client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET resumedAt = :at, #expiry = :expiry',
            ConditionExpression: 'attribute_not_exists(resumedAt) OR resumedAt < :at',
            ExpressionAttributeNames: { '#expiry': TABLE_KEYS.expiry },
            ExpressionAttributeValues: { ':at': at, ':expiry': Math.ceil(at / 1000) + KEEP_RESUMED_SECONDS },
          }),
        ),
      );
    },
    async since(at: EpochMs): Promise<boolean> {
      const item = await getItem(client, TableName, Key, resumedItem);
      return item !== undefined && item.resumedAt > at;
    },
  };
}
