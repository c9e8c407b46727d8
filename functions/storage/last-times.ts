import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { catalogueComparedKey, subscriptionsCheckedKey } from './control-keys.ts';
import { getItem, type StoreTable } from './dynamodb.ts';
import type { ItemKey } from './keys.ts';

/** When something was done to the end for the last time: epoch ms, of when that began. */
export interface LastTime {
  get(): Promise<EpochMs | undefined>;
  set(at: EpochMs): Promise<void>;
}

const item = lazily(() => z.object({ at: z.int() }));

const createLastTime = ({ client, table: TableName }: StoreTable, Key: ItemKey): LastTime => ({
  get: async () => (await getItem(client, TableName, Key, item))?.at,
  async set(at) {
    await client.send(new PutCommand({ TableName, Item: { ...Key, at } }));
  },
});

/**
 * When the whole catalogue of a store was compared last. A row of a product is not written where nothing of it changed: by this
 * time it was still so.
 */
export const createCatalogueCompared = (options: StoreTable): LastTime =>
  createLastTime(options, catalogueComparedKey(options));

/** When the webhooks that the app subscribed in a store were looked at last. */
export const createSubscriptionsChecked = (options: StoreTable): LastTime =>
  createLastTime(options, subscriptionsCheckedKey(options));
