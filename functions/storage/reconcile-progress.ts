import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Platform } from '../platforms/names.ts';

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
  /** When a slice was finished last; of two tracks the one that waits longer goes first. */
  workedAt: time,
  revision: z.number().int(),
});

/** What is compared and what is still to be compared on one track. */
export type Progress = Omit<z.infer<typeof progressItem>, 'sk'>;

/** Remembers, between runs, how far each track has come. */
export interface ProgressStore {
  /** The progress of every track that has any, by the track's name. */
  load(): Promise<Map<string, Progress>>;
  /**
   * Writes a track's progress over the one that was read, and answers what is stored now.
   *
   * @throws Error when another run wrote in between: its gaps may be others than ours.
   */
  save(scan: string, progress: Progress): Promise<Progress>;
}

/** Key of everything that the reconciliation of one store remembers in the control table. */
export const reconcilePk = (platform: Platform, scope: string): string => `reconcile#${platform}#${scope}`;

const PREFIX = 'progress#';

export function createProgressStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  pk: string;
}): ProgressStore {
  const { client, table: TableName, pk } = options;
  return {
    async load() {
      const found = new Map<string, Progress>();
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
            ExpressionAttributeValues: { ':pk': pk, ':sk': PREFIX },
            ConsistentRead: true,
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          }),
        );
        for (const item of page.Items ?? []) {
          const { sk, ...progress } = progressItem.parse(item);
          found.set(sk.slice(PREFIX.length), progress);
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return found;
    },
    async save(scan, progress) {
      const next = { ...progress, revision: progress.revision + 1 };
      try {
        await client.send(
          new PutCommand({
            TableName,
            Item: { pk, sk: `${PREFIX}${scan}`, ...next },
            ConditionExpression: 'attribute_not_exists(pk) OR revision = :seen',
            ExpressionAttributeValues: { ':seen': progress.revision },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        throw new Error(`${pk}: another run moved track ${scan} on meanwhile; this one stops`);
      }
      return next;
    },
  };
}
