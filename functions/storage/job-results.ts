import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { TABLE_KEYS } from './keys.ts';

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

export function createJobResults(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => number,
): JobResults {
  return {
    async keep({ jobId, status, vendorId, downloadUrl }) {
      const Item = {
        pk: `catalog-job#pedidosya#${jobId}`,
        sk: 'result',
        status,
        ...(vendorId === undefined ? {} : { vendorId }),
        ...(downloadUrl === undefined ? {} : { downloadUrl }),
        endedAt: new Date(now()).toISOString(),
        [TABLE_KEYS.expiry]: Math.floor(now() / 1000) + KEEP_SECONDS,
      };
      await client.send(new PutCommand({ TableName: table, Item }));
    },
  };
}
