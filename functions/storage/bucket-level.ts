import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { PRIORITIES, type Priority } from '../rate-limit/limits.ts';
import { bucketItemKey } from './control-keys.ts';
import { getItem } from './dynamodb.ts';

/** Of a bucket's item, what tells how full it is. Times in epoch ms. */
const bucketItem = lazily(() =>
  z.object({
    tat: z.number().optional(),
    limit: z.number().optional(),
    urgentQueue: z.number().optional(),
    normalQueue: z.number().optional(),
    bulkQueue: z.number().optional(),
  }),
);

/** How full a bucket is now. */
export interface BucketLevel {
  /** Calls in it that have not leaked yet, and calls that it holds. */
  readonly used: number;
  readonly burst: number;
  /** Until when messages of a priority wait for their turn, by priority; epoch ms. */
  readonly waiting: Partial<Record<Priority, EpochMs>>;
}

/**
 * Reads a bucket and writes nothing.
 *
 * @param perSecond,burst as they are configured; what the platform told of the limit since counts instead
 */
export async function readBucketLevel(
  { client, table }: { client: DynamoDBDocumentClient; table: string },
  key: string,
  { perSecond, burst: configured }: { perSecond: number; burst: number },
  now: EpochMs,
): Promise<BucketLevel> {
  const row = (await getItem(client, table, bucketItemKey(key), bucketItem)) ?? {};
  const burst = row.limit ?? configured;
  // A plan scales both: ten times the burst leaks ten times as fast.
  const callsPerMs = (perSecond * burst) / configured / 1000;
  const used = Math.min(burst, Math.max(0, Math.ceil(((row.tat ?? now) - now) * callsPerMs)));
  const waiting = Object.fromEntries(
    PRIORITIES.flatMap((priority) => {
      const until = row[`${priority}Queue`];
      return until === undefined || until <= now ? [] : [[priority, until]];
    }),
  );
  return { used, burst, waiting };
}
