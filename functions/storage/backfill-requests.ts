import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { backfillKey } from './control-keys.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';

const backfillItem = lazily(() =>
  z.object({
    /** Epoch ms from which on events may never have been sent. */
    from: z.number(),
    /** Epoch ms of the latest request: whoever clears it sees whether a newer one came in meanwhile. */
    requestedAt: z.number(),
  }),
);
export type BackfillRequest = z.infer<ReturnType<typeof backfillItem>>;

/** Asks the next reconciliation of a store to go further back, because events may never have been sent. */
export interface BackfillRequests {
  /** The next reconciliation goes back to `from` (epoch ms), or to an earlier time that was requested before. */
  request(from: EpochMs): Promise<void>;
  read(): Promise<BackfillRequest | undefined>;
  /** Clears the request that was read, once what it asks for is written down; a newer one stays. */
  clear(request: BackfillRequest): Promise<void>;
}

export function createBackfillRequests(
  options: StoreTable & { clock: Pick<Clock, 'now'> },
): BackfillRequests {
  const { client, table: TableName, clock } = options;
  const Key = backfillKey(options);
  const update = (expression: string, from: EpochMs) => ({
    TableName,
    Key,
    UpdateExpression: expression,
    ExpressionAttributeNames: { '#from': 'from' },
    ExpressionAttributeValues: { ':from': from, ':now': clock.now() },
  });
  return {
    async request(from) {
      const moved = await applied(
        client.send(
          new UpdateCommand({
            ...update('SET #from = :from, requestedAt = :now', from),
            ConditionExpression: '#from > :from',
          }),
        ),
      );
      if (moved) return;
      await client.send(
        new UpdateCommand(update('SET #from = if_not_exists(#from, :from), requestedAt = :now', from)),
      );
    },
    read: () => getItem(client, TableName, Key, backfillItem),
    async clear({ from, requestedAt }) {
      await applied(
        client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: 'requestedAt = :requestedAt AND #from = :from',
            ExpressionAttributeNames: { '#from': 'from' },
            ExpressionAttributeValues: { ':requestedAt': requestedAt, ':from': from },
          }),
        ),
      );
    },
  };
}
