import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { PlatformName } from '../domain/order.ts';
import { isoTime } from '../domain/order-row.ts';
import { catalogueJobKey, TABLE_KEYS } from './keys.ts';

/** What a platform says about a catalogue job when it ends. */
export interface JobResult {
  jobId: string;
  status: string;
  vendorId?: string;
  downloadUrl?: string;
}

const KEEP_SECONDS = 30 * 24 * 3600;

/** Remembers how catalogue jobs ended, for whoever started them. */
export interface JobResults {
  keep(result: JobResult): Promise<void>;
}

export function createJobResults(options: {
  client: DynamoDBDocumentClient;
  table: string;
  platform: PlatformName;
  now: () => number;
}): JobResults {
  const { client, table: TableName, platform, now } = options;
  return {
    async keep({ jobId, status, vendorId, downloadUrl }) {
      const Item = {
        ...catalogueJobKey(platform, jobId),
        status,
        ...(vendorId === undefined ? {} : { vendorId }),
        ...(downloadUrl === undefined ? {} : { downloadUrl }),
        endedAt: isoTime(now()),
        [TABLE_KEYS.expiry]: Math.floor(now() / 1000) + KEEP_SECONDS,
      };
      await client.send(new PutCommand({ TableName, Item }));
    },
  };
}
