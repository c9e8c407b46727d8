import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { PlatformName } from '../domain/order.ts';
import { isoTime } from '../domain/time.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { catalogueJobKey, catalogueJobsPk, heardJobKey } from './control-keys.ts';
import { applied, getItem, inPartition } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** A product that a job left as it was, and why in the platform's words. */
const rejectedProduct = lazily(() =>
  z.object({
    /** The SKU, or what the platform names in its place. */
    product: z.string(),
    reasons: z.array(z.string()),
  }),
);
export type RejectedProduct = z.infer<ReturnType<typeof rejectedProduct>>;

/** What a platform says about a catalogue job. */
export interface JobResult {
  jobId: string;
  status: string;
  /** The platform's own word. */
  platformStatus?: string;
  /** Nothing of the job will change any more. */
  ended: boolean;
  /** It ended without doing what it was asked for. */
  failed?: true;
  vendorId?: string;
  downloadUrl?: string;
  /** Absent where the platform says nothing about single products. */
  rejected?: readonly RejectedProduct[];
}

const KEEP_SECONDS = 30 * 24 * 3600;
/** A result is one item, and a person reads no more; `rejectedCount` counts them all. */
const MAX_REJECTED = 200;
const MAX_REASONS = 3;
const MAX_TEXT = 100;
/** No address that can be followed is longer (characters); half of one leads nowhere. */
const MAX_URL = 2048;
const MAX_CONFLICTS = 16;

const item = lazily(() =>
  z.object({
    status: z.string(),
    platformStatus: z.string().optional(),
    endedAt: z.string().optional(),
    failed: z.literal(true).optional(),
    vendorId: z.string().optional(),
    downloadUrl: z.string().optional(),
    rejectedCount: z.number().optional(),
    rejected: z.array(rejectedProduct()).optional(),
    /** The message that told of them last, and how many were known before it. */
    told: z.object({ by: z.string(), before: z.number() }).optional(),
    /** Rises with every write and guards against concurrent writers. */
    revision: z.number(),
  }),
);
type KnownJob = z.infer<ReturnType<typeof item>>;

/** Remembers how catalogue jobs ended, for whoever started them. */
export interface JobResults {
  /**
   * Keeps what is said of a job; what was said of it before and is not said now stays. Late news of a job that has ended
   * changes nothing. Answers how many products are known to be rejected since this message, the same where it comes again: whoever
   * was to count them may have been cut off.
   *
   * @param by correlation id of the message
   * @throws the AWS SDK's errors, or Error when other writers kept winning; the message then comes back.
   */
  keep(result: JobResult, by?: string): Promise<number>;
  /** How a job ended; undefined while it has not, or nobody told. */
  ended(
    jobId: string,
  ): Promise<Pick<JobResult, 'status' | 'downloadUrl' | 'failed' | 'rejected'> | undefined>;
}

export function createJobResults(options: {
  client: DynamoDBDocumentClient;
  table: string;
  platform: PlatformName;
  now: () => number;
}): JobResults {
  const { client, table: TableName, platform, now } = options;
  const expiry = () => ({ [TABLE_KEYS.expiry]: Math.floor(now() / 1000) + KEEP_SECONDS });
  const list = (jobId: string) => {
    const heardAt = isoTime(now());
    const Item = { ...heardJobKey(platform, heardAt, jobId), jobId, heardAt, ...expiry() };
    return client.send(new PutCommand({ TableName, Item }));
  };
  return {
    async ended(jobId) {
      const known = await getItem(client, TableName, catalogueJobKey(platform, jobId), item);
      if (known?.endedAt === undefined) return undefined;
      return {
        status: known.status,
        ...(known.failed === undefined ? {} : { failed: known.failed }),
        ...(known.rejected === undefined ? {} : { rejected: known.rejected }),
        ...(known.downloadUrl === undefined ? {} : { downloadUrl: known.downloadUrl }),
      };
    },
    async keep(result, by) {
      const key = catalogueJobKey(platform, result.jobId);
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        const known = await getItem(client, TableName, key, item);
        if (known?.endedAt !== undefined && !result.ended) return 0;
        // Before the result: a job that is listed twice is found once, and one that is not listed never.
        if (known === undefined) await list(result.jobId);
        const before =
          known?.told !== undefined && known.told.by === by ? known.told.before : (known?.rejectedCount ?? 0);
        const next = {
          ...nextOf(known, result, isoTime(now())),
          ...(by === undefined || result.rejected === undefined ? {} : { told: { by, before } }),
        };
        const put = new PutCommand({
          TableName,
          Item: { ...key, ...next, ...expiry() },
          ...(known === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'revision = :known',
                ExpressionAttributeValues: { ':known': known.revision },
              }),
        });
        if (await applied(client.send(put))) return Math.max(0, (next.rejectedCount ?? 0) - before);
      }
      throw new OwnError(`catalogue job ${result.jobId}: gave up after ${MAX_CONFLICTS} write conflicts`);
    },
  };
}

const heardItem = lazily(() => z.object({ jobId: z.string(), heardAt: z.string() }));

/** A catalogue job as a person looks for it. Where its file lies is not said: the address alone opens it. */
export interface HeardJob extends Omit<KnownJob, 'downloadUrl' | 'told' | 'revision'> {
  readonly jobId: string;
  /** ISO time at which somebody first told of it. */
  readonly heardAt: string;
}

/**
 * The catalogue jobs of a platform that somebody told of in the last 30 days, the newest first.
 *
 * @param limit how many at most
 */
export async function latestJobs(
  { client, table: TableName, platform }: Omit<Parameters<typeof createJobResults>[0], 'now'>,
  limit: number,
): Promise<HeardJob[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      ...inPartition(TableName, catalogueJobsPk(platform)),
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  // One that two writers heard of at once is there twice; the older time is the true one.
  const heard = new Map(Items.map((one) => heardItem().parse(one)).map((one) => [one.jobId, one]));
  const jobs = await Promise.all(
    [...heard.values()].map(async (one) => {
      const known = await getItem(client, TableName, catalogueJobKey(platform, one.jobId), item);
      if (known === undefined) return [];
      const { downloadUrl: _, told: __, revision: ___, ...said } = known;
      return [{ ...one, ...said }];
    }),
  );
  return jobs.flat();
}

function nextOf(known: KnownJob | undefined, result: JobResult, now: string): KnownJob {
  const { status, platformStatus, ended, failed, vendorId, downloadUrl, rejected } = result;
  // How it ended is what was said last.
  const { failed: _, ...before } = known ?? {};
  return {
    ...before,
    status,
    ...(platformStatus === undefined ? {} : { platformStatus: short(platformStatus) }),
    ...(ended ? { endedAt: known?.endedAt ?? now } : {}),
    ...(failed === undefined ? {} : { failed }),
    ...(vendorId === undefined ? {} : { vendorId }),
    ...(downloadUrl === undefined || downloadUrl.length > MAX_URL ? {} : { downloadUrl }),
    ...(rejected === undefined
      ? {}
      : { rejectedCount: rejected.length, rejected: rejected.slice(0, MAX_REJECTED).map(shortened) }),
    revision: (known?.revision ?? 0) + 1,
  };
}

/** Names of products and reasons as they are kept. */
export const short = (text: string): string => text.slice(0, MAX_TEXT).toWellFormed();

const shortened = ({ product, reasons }: RejectedProduct): RejectedProduct => ({
  product: short(product),
  reasons: reasons.slice(0, MAX_REASONS).map(short),
});
