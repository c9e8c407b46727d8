import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '../domain/time.ts';
import { getItem, type StoreTable } from './dynamodb.ts';
import { missingIdsKey } from './keys.ts';

const missingItem = z.object({
  ids: z.record(z.string(), z.object({ since: z.number(), askAgainAt: z.number().optional() })),
});

/** Ids that the platform lists and the table lacks: since when, and until when asking for them is no use (epoch ms). */
export type Missing = z.infer<typeof missingItem>['ids'];

/** Remembers missing ids from one run to the next, because an order that was not polled yet is missing as well. */
export interface MissingIds {
  load(): Promise<Missing>;
  save(missing: Missing): Promise<void>;
}

export function createMissingIds(options: StoreTable): MissingIds {
  const { client, table: TableName } = options;
  const Key = missingIdsKey(options);
  return {
    load: async () => (await getItem(client, TableName, Key, missingItem))?.ids ?? {},
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
