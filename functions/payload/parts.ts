import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Payload, payloadSchema } from '../contract/messages.ts';
import { TABLE_KEYS } from '../contract/tables.ts';

/** Parts outlive the longest time a queue keeps their peers (14 days). */
const KEEP_SECONDS = 15 * 24 * 3600;

/** Brings the parts of a large payload together, whatever order the queue delivers them in. */
export interface PartStore {
  /**
   * Keeps this part and answers the whole once every part is there; `undefined` while some are missing. Repeating a part
   * is harmless.
   */
  add(correlationId: string, payload: Payload): Promise<Payload | undefined>;
}

const storedPart = z.object({ payload: payloadSchema });

export function createPartStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  now: () => number;
}): PartStore {
  const { client, table, now } = options;
  return {
    async add(correlationId, payload) {
      if (payload.part === undefined) return payload;
      const pk = `parts#${correlationId}#${payload.sha256}`;
      const sk = String(payload.part.index).padStart(3, '0');
      const expiresAt = Math.floor(now() / 1000) + KEEP_SECONDS;
      await client.send(
        new PutCommand({ TableName: table, Item: { pk, sk, payload, [TABLE_KEYS.expiry]: expiresAt } }),
      );
      return join(await readAll(client, table, pk), payload.part.count);
    },
  };
}

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
    for (const item of page.Items ?? []) parts.push(storedPart.parse(item).payload);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return parts;
}

function join(parts: Payload[], count: number): Payload | undefined {
  const [first] = parts;
  if (first === undefined || parts.length < count) return undefined;
  return { encoding: first.encoding, sha256: first.sha256, data: parts.map((part) => part.data).join('') };
}
