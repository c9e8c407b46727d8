import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { contentHash } from '../domain/canonical-json.ts';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { getItem, type StoreTable } from './dynamodb.ts';
import { categoryKey } from './keys.ts';

/** Where a category is wanted: its name, below its own parent. */
export interface CategoryPlace {
  /** Absent at the top. */
  readonly parentId: string | undefined;
  readonly name: string;
}

/** What we know of a category of ours. */
export type MadeCategory =
  /** A call to make it may be under way until then, and nobody knows how it ended. */
  { readonly callUntil: EpochMs } | { readonly categoryId: string; readonly madeAt: EpochMs };

/** Remembers which categories of a store we made: the merchant may rename one, and it is ours all the same. */
export interface MadeCategories {
  of(place: CategoryPlace): Promise<MadeCategory | undefined>;
  keep(place: CategoryPlace, made: MadeCategory): Promise<void>;
  /** After a call that surely made nothing. */
  forget(place: CategoryPlace): Promise<void>;
}

const TOP = 'top';

const madeItem = lazily(() =>
  z.union([z.object({ categoryId: z.string(), madeAt: z.number() }), z.object({ callUntil: z.number() })]),
);

export function createMadeCategories(options: StoreTable): MadeCategories {
  const { client, table: TableName } = options;
  const keyOf = ({ parentId = TOP, name }: CategoryPlace) =>
    categoryKey(options, parentId, contentHash(name));
  return {
    of: (place) => getItem(client, TableName, keyOf(place), madeItem()),
    async keep(place, made) {
      await client.send(new PutCommand({ TableName, Item: { ...keyOf(place), ...made } }));
    },
    async forget(place) {
      await client.send(new DeleteCommand({ TableName, Key: keyOf(place) }));
    },
  };
}
