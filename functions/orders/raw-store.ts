import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TABLE_KEYS } from '../contract/tables.ts';
import { type OrderKey, orderPk, type RawReference } from './row.ts';

/** A DynamoDB item holds 400 KB; the rest is for keys and names. */
const PART_BYTES = 380 * 1024;

/** Keeps the bytes a platform sent, beside the order they belong to, until they expire. */
export interface RawStore {
  /** Writes the bytes (compressed, in parts when large). Writing the same bytes again is harmless. */
  put(key: OrderKey, bytes: Uint8Array): Promise<RawReference>;
  /** The bytes of a reference; `undefined` once they expired. */
  get(key: OrderKey, reference: RawReference): Promise<Uint8Array | undefined>;
}

const rawItem = z.object({ sk: z.string(), data: z.instanceof(Uint8Array) });

export function createRawStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  days: number;
  now: () => number;
}): RawStore {
  const { client, table, days, now } = options;
  return {
    async put(key, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const compressed = gzipSync(bytes);
      const parts = Math.max(1, Math.ceil(compressed.byteLength / PART_BYTES));
      const expiresAt = Math.floor(now() / 1000) + days * 24 * 3600;
      for (let part = 0; part < parts; part += 1) {
        const data = compressed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        const Item = { pk: orderPk(key), sk: rawSk(sha256, part), data, [TABLE_KEYS.expiry]: expiresAt };
        await client.send(new PutCommand({ TableName: table, Item }));
      }
      return { sha256, bytes: bytes.byteLength, parts };
    },
    async get(key, reference) {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': orderPk(key), ':sk': `raw#${reference.sha256}#` },
        }),
      );
      const items = (answer.Items ?? []).map((item) => rawItem.parse(item));
      if (items.length < reference.parts) return undefined;
      return gunzipSync(Buffer.concat(items.sort((a, b) => (a.sk < b.sk ? -1 : 1)).map((item) => item.data)));
    },
  };
}

const rawSk = (sha256: string, part: number): string => `raw#${sha256}#${String(part).padStart(3, '0')}`;
