import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { applied, inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { PROGRESS_PREFIX, progressKey, reconcilePk } from './keys.ts';

const time = z.number().int();
const progressItem = z.object({
  sk: z.string(),
  /** Epoch ms of the first run: events from before it may never have been sent to us. */
  since: time,
  /** Everything up to here (epoch ms) was compared, or is in `gaps`. */
  until: time,
  gaps: z.array(z.object({ from: time, to: time })),
  /** How long a slice may be (ms): shorter after a slice that a run could not finish. */
  sliceMs: z.number().positive(),
  /** When a slice was finished last; of two scans the one that waits longer goes first. */
  workedAt: time,
  revision: z.number().int(),
});

/** What is compared and what is still to be compared of one scan. */
export type Progress = Omit<z.infer<typeof progressItem>, 'sk'>;

/** Remembers, between runs, how far each scan has come. */
export interface ProgressStore {
  /** The progress of every scan that has any, by the scan's name. */
  load(): Promise<Map<string, Progress>>;
  /**
   * Writes a scan's progress over the one that was read, and answers what is stored now.
   *
   * @throws Error when another run wrote in between: its gaps may be others than ours.
   */
  save(scan: string, progress: Progress): Promise<Progress>;
}

export function createProgressStore(options: StoreTable): ProgressStore {
  const { client, table: TableName } = options;
  return {
    async load() {
      const query = inPartition(TableName, reconcilePk(options), PROGRESS_PREFIX);
      const items = await queryAll(client, query, progressItem);
      return new Map(items.map(({ sk, ...progress }) => [sk.slice(PROGRESS_PREFIX.length), progress]));
    },
    async save(scan, progress) {
      const next = { ...progress, revision: progress.revision + 1 };
      const saved = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item: { ...progressKey(options, scan), ...next },
            ConditionExpression: 'attribute_not_exists(pk) OR revision = :seen',
            ExpressionAttributeValues: { ':seen': progress.revision },
          }),
        ),
      );
      if (saved) return next;
      throw new Error(
        `${options.platform} store ${options.storeId}: another run moved scan ${scan} on meanwhile; this one stops`,
      );
    },
  };
}
