import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type OrderKey, orderPk, type RawReference } from '../domain/order-row.ts';
import { TABLE_KEYS } from './keys.ts';

/** A DynamoDB item holds 400 KB; the rest is for keys and names. */
const PART_BYTES = 380 * 1024;

/** Keeps the bytes a platform sent, beside the order they belong to, until they expire. */
export interface RawStore {
  /** Writes the bytes (compressed, in parts when large). Writing the same bytes again is harmless. */
  put(key: OrderKey, bytes: Uint8Array): Promise<RawReference>;
  /** The bytes of a reference; `undefined` once they expired. */
  get(key: OrderKey, reference: Pick<RawReference, 'sha256' | 'parts'>): Promise<Uint8Array | undefined>;
  /** What is kept of an order, the copy that expires last first. */
  list(key: OrderKey): Promise<RawCopy[]>;
  /** Deletes every copy. */
  forget(key: OrderKey): Promise<void>;
}

export interface RawCopy {
  sha256: string;
  parts: number;
  /** Epoch seconds. */
  expiresAt: number;
}

const rawItem = z.object({ sk: z.string(), data: z.instanceof(Uint8Array) });
const rawHead = z.object({ sk: z.string(), expiresAt: z.number() });

export function createRawStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  days: number;
  now: () => number;
}): RawStore {
  const { client, table, days, now } = options;
  /** The items of one order whose sort key begins so, in the order of that key; an answer holds 1 MB, so it may take several. */
  async function query<T>(
    key: OrderKey,
    begin: string,
    fields: string[],
    schema: z.ZodType<T>,
  ): Promise<T[]> {
    const found: T[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begin)',
          ProjectionExpression: fields.map((field) => `#${field}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
          ExpressionAttributeValues: { ':pk': orderPk(key), ':begin': begin },
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      );
      found.push(...(page.Items ?? []).map((item) => schema.parse(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }
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
      const items = await query(key, `raw#${reference.sha256}#`, ['sk', 'data'], rawItem);
      if (items.length < reference.parts) return undefined;
      return gunzipSync(Buffer.concat(items.map((item) => item.data)));
    },
    async list(key) {
      const copies = new Map<string, RawCopy>();
      for (const { sk, expiresAt } of await query(key, 'raw#', ['sk', TABLE_KEYS.expiry], rawHead)) {
        const sha256 = sk.split('#')[1] ?? '';
        copies.set(sha256, { sha256, parts: (copies.get(sha256)?.parts ?? 0) + 1, expiresAt });
      }
      return [...copies.values()].sort((a, b) => b.expiresAt - a.expiresAt);
    },
    async forget(key) {
      for (const { sk } of await query(key, 'raw#', ['sk'], rawHead.pick({ sk: true })))
        await client.send(new DeleteCommand({ TableName: table, Key: { pk: orderPk(key), sk } }));
    },
  };
}

const rawSk = (sha256: string, part: number): string => `raw#${sha256}#${String(part).padStart(3, '0')}`;
