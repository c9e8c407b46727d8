import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '../domain/time.ts';
import { getItem, type StoreTable } from './dynamodb.ts';
import { catalogueComparedKey } from './keys.ts';

/**
 * When the whole catalogue of a store was compared last (epoch ms, when that began). A row of a product is not written where
 * nothing of it changed: by this time it was still so.
 */
export interface CatalogueCompared {
  get(): Promise<EpochMs | undefined>;
  set(at: EpochMs): Promise<void>;
}

const item = z.object({ at: z.number().int() });

export function createCatalogueCompared(options: StoreTable): CatalogueCompared {
  const { client, table: TableName } = options;
  const Key = catalogueComparedKey(options);
  return {
    get: async () => (await getItem(client, TableName, Key, item))?.at,
    async set(at) {
      await client.send(new PutCommand({ TableName, Item: { ...Key, at } }));
    },
  };
}
