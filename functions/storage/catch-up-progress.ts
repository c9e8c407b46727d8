import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { RESOURCES } from '../domain/resource.ts';
import { inPartition, queryAll } from './dynamodb.ts';
import { CATCH_UP_PK, catchUpKey } from './erp-keys.ts';
import type { StoreName } from './keys.ts';

const progressItem = z.object({
  platform: z.string(),
  storeId: z.string(),
  /** What is published; orders when absent. */
  resource: z.enum(RESOURCES).optional(),
  /** The last one that was published; absent before the first. */
  after: z.object({ pk: z.string(), changedAt: z.string() }).optional(),
  /** How many were published. */
  published: z.int(),
  /** The store has no further ones. */
  done: z.boolean(),
});
export type StoreProgress = z.infer<typeof progressItem>;

/** How far a catch-up has come, so that the next run of it goes on there. */
export interface CatchUpProgress {
  read(): Promise<StoreProgress[]>;
  write(progress: StoreProgress): Promise<void>;
  forget(stores: readonly StoreName[]): Promise<void>;
}

export function createCatchUpProgress({
  client,
  table: TableName,
}: {
  client: DynamoDBDocumentClient;
  table: string;
}): CatchUpProgress {
  return {
    read: () => queryAll(client, inPartition(TableName, CATCH_UP_PK), progressItem),
    async write(progress) {
      await client.send(
        new PutCommand({ TableName, Item: { ...catchUpKey(progress, progress.resource), ...progress } }),
      );
    },
    async forget(stores) {
      for (const store of stores)
        for (const resource of RESOURCES)
          await client.send(new DeleteCommand({ TableName, Key: catchUpKey(store, resource) }));
    },
  };
}
