import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { applied, getItem } from './dynamodb.ts';
import { feedPointerKey } from './erp-keys.ts';
import type { FeedTable } from './feed-pages.ts';

/** How far the feed has come at least, and in which epoch. It outlives the pages, so that no number is given twice. */
const pointerItem = lazily(() =>
  z.object({
    /** Epoch seconds at which the epoch began: one that is over never comes again, whatever is restored. */
    epoch: z.int(),
    seq: z.int(),
    /** When it was written. */
    at: z.number(),
    /** No epoch was before this one. */
    first: z.literal(true).optional(),
  }),
);
export type FeedPointer = z.infer<ReturnType<typeof pointerItem>>;

export const readPointer = ({ client, table }: FeedTable): Promise<FeedPointer | undefined> =>
  getItem(client, table, feedPointerKey(), pointerItem);

/** Says how far the feed has come. False when the pointer is further already, or in a later epoch. */
export const raisePointer = ({ client, table }: FeedTable, pointer: FeedPointer): Promise<boolean> =>
  applied(
    client.send(
      new PutCommand({
        TableName: table,
        Item: { ...feedPointerKey(), ...pointer },
        ConditionExpression:
          'attribute_not_exists(pk) OR epoch < :epoch OR (epoch = :epoch AND (seq < :seq OR (seq = :seq AND #at < :at)))',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':epoch': pointer.epoch, ':seq': pointer.seq, ':at': pointer.at },
      }),
    ),
  );

/**
 * Begins an epoch.
 *
 * @param known the pointer that was found; another one that came meanwhile stays
 * @param about `first`: no epoch was before, as far as anybody can tell
 */
export const beginEpoch = async (
  { client, table }: FeedTable,
  known: FeedPointer | undefined,
  { now, first }: { now: EpochMs; first: boolean },
): Promise<void> => {
  // Two epochs never begin within one second.
  const epoch = Math.max(Math.floor(now / 1000), (known?.epoch ?? 0) + 1);
  await applied(
    client.send(
      new PutCommand({
        TableName: table,
        Item: { ...feedPointerKey(), epoch, seq: 0, at: now, ...(first ? { first } : {}) },
        ...(known === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'epoch = :known', ExpressionAttributeValues: { ':known': known.epoch } }),
      }),
    ),
  );
};
