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

/** Of an outlet whose catalogue was never compared alone, it is that of the store. */
export interface CatalogueCompared {
  get(outletId?: string): Promise<EpochMs | undefined>;
  set(at: EpochMs, outletId?: string): Promise<void>;
}

/**
 * When the whole catalogue of a store, or of one of its outlets, was compared last. A row of a product is not written where nothing of it changed: by this
 * time it was still so.
 */
export const createCatalogueCompared = (options: StoreTable): CatalogueCompared => {
  const ofStore = createLastTime(options, catalogueComparedKey(options));
  const of = (outletId: string) => createLastTime(options, catalogueComparedKey({ ...options, outletId }));
  return {
    async get(outletId) {
      const ofOutlet = outletId === undefined ? undefined : await of(outletId).get();
      return ofOutlet ?? ofStore.get();
    },
    set: (at, outletId) => (outletId === undefined ? ofStore : of(outletId)).set(at),
  };
};

/** When the webhooks that the app subscribed in a store were looked at last. */
export const createSubscriptionsChecked = (options: StoreTable): LastTime =>
  createLastTime(options, subscriptionsCheckedKey(options));
