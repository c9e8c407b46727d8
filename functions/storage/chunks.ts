import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Payload, payloadSchema } from '../runtime/messages.ts';
import { TABLE_KEYS } from './keys.ts';

/** Parts outlive the longest time a queue keeps their peers (14 days). */
const KEEP_SECONDS = 15 * 24 * 3600;

/** Brings the parts of a large payload together, whatever order the queue delivers them in. */
export interface ChunkStore {
  /**
   * Keeps this part and answers the whole once every part is there; `undefined` while some are missing. Repeating a part
   * is harmless.
   */
  add(correlationId: string, payload: Payload): Promise<Payload | undefined>;
  /** Deletes what was kept of a payload that may not stay until it expires. */
  forget(correlationId: string, payload: Payload): Promise<void>;
}

const storedChunk = z.object({ payload: payloadSchema });

export function createChunkStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  now: () => number;
}): ChunkStore {
  const { client, table, now } = options;
  return {
    async add(correlationId, payload) {
      if (payload.part === undefined) return payload;
      const pk = pkOf(correlationId, payload);
      const sk = skOf(payload.part.index);
      const expiresAt = Math.floor(now() / 1000) + KEEP_SECONDS;
      await client.send(
        new PutCommand({ TableName: table, Item: { pk, sk, payload, [TABLE_KEYS.expiry]: expiresAt } }),
      );
      return join(await readAll(client, table, pk), payload.part.count);
    },
    async forget(correlationId, payload) {
      for (let index = 0; index < (payload.part?.count ?? 0); index += 1) {
        const Key = { pk: pkOf(correlationId, payload), sk: skOf(index) };
        await client.send(new DeleteCommand({ TableName: table, Key }));
      }
    },
  };
}

const pkOf = (correlationId: string, { sha256 }: Payload) => `parts#${correlationId}#${sha256}`;
const skOf = (index: number) => String(index).padStart(3, '0');

async function readAll(client: DynamoDBDocumentClient, table: string, pk: string): Promise<Payload[]> {
  const parts: Payload[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) parts.push(storedChunk.parse(item).payload);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return parts;
}

function join(parts: Payload[], count: number): Payload | undefined {
  const [first] = parts;
  if (first === undefined || parts.length < count) return undefined;
  return { encoding: first.encoding, sha256: first.sha256, data: parts.map((part) => part.data).join('') };
}
