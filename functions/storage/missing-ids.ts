import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '../runtime/clock.ts';

const item = z.object({
  ids: z.record(z.string(), z.object({ since: z.number(), askAgainAt: z.number().optional() })),
});

/** Ids that the platform lists and the table lacks: since when, and until when asking for them is no use (epoch ms). */
export type Missing = z.infer<typeof item>['ids'];

/** Remembers missing ids from one run to the next, because an order that was not polled yet is missing as well. */
export interface MissingIds {
  load(): Promise<Missing>;
  save(missing: Missing): Promise<void>;
}

export function createMissingIds(options: {
  client: DynamoDBDocumentClient;
  table: string;
  pk: string;
}): MissingIds {
  const { client, table: TableName, pk } = options;
  const Key = { pk, sk: 'missing' };
  return {
    async load() {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item === undefined ? {} : item.parse(Item).ids;
    },
    async save(ids) {
      await client.send(new PutCommand({ TableName, Item: { ...Key, ids } }));
    },
  };
}

/** Bounds the item: a store with more orders than this in 8 days that were never polled has a poller that stands still. */
const MOST_IDS = 3000;

/** Brings what is remembered up to date: ids that came in or left the list are forgotten. */
export function remember(known: Missing, missing: readonly string[], now: EpochMs): Missing {
  return Object.fromEntries(
    missing.slice(0, MOST_IDS).map((id) => [id, (Object.hasOwn(known, id) && known[id]) || { since: now }]),
  );
}
