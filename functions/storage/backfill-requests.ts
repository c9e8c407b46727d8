import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Platform } from '../platforms/names.ts';
import type { Clock, EpochMs } from '../runtime/clock.ts';

/** Says that a reconciliation is due, because events of some time may never have been sent. */
export interface BackfillRequests {
  /** The next reconciliation goes back to `from` (epoch ms), or to an earlier mark that it has not seen to yet. */
  mark(from: EpochMs): Promise<void>;
}

/**
 * The mark is the item `pk = reconcile#<platform>#<store>`, `sk = due` of the control table. Its `from` only goes back;
 * `markedAt` changes with every mark, so whoever clears it can tell whether a newer one came in meanwhile.
 */
export function createBackfillRequests(options: {
  client: DynamoDBDocumentClient;
  table: string;
  platform: Platform;
  /** The store, or whatever else the platform's reconciliation runs for. */
  scope: string;
  clock: Pick<Clock, 'now'>;
}): BackfillRequests {
  const { client, table: TableName, clock } = options;
  const Key = { pk: `reconcile#${options.platform}#${options.scope}`, sk: 'due' };
  const update = (expression: string, from: EpochMs) => ({
    TableName,
    Key,
    UpdateExpression: expression,
    ExpressionAttributeNames: { '#from': 'from' },
    ExpressionAttributeValues: { ':from': from, ':now': clock.now() },
  });
  return {
    async mark(from) {
      try {
        await client.send(
          new UpdateCommand({
            ...update('SET #from = :from, markedAt = :now', from),
            ConditionExpression: '#from > :from',
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        await client.send(
          new UpdateCommand(update('SET #from = if_not_exists(#from, :from), markedAt = :now', from)),
        );
      }
    },
  };
}
