import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { contentHash } from '../domain/canonical-json.ts';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { categoryKey, locationKey, locationsPk } from './control-keys.ts';
import { applied, getItem, inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import type { ItemKey } from './keys.ts';

/** What we know of something that we make at a platform. */
export type Creation =
  /** A call to make it may be under way until then, and nobody knows how it ended. */
  | { readonly callUntil: EpochMs }
  /** The platform's id of it, and since when we know. */
  | { readonly id: string; readonly at: EpochMs };

/** Remembers what was made, so that it is made once: the platform has no idempotency key, and people rename things. */
export interface Creations<Place> {
  of(place: Place): Promise<Creation | undefined>;
  /**
   * Says that a call begins. False while another call may be under way, or where it was made since somebody looked: then none may
   * be made.
   *
   * @param lookedAt when whoever begins looked for it; not needed under a lease
   */
  begin(place: Place, callUntil: EpochMs, lookedAt?: EpochMs): Promise<boolean>;
  keep(place: Place, creation: Creation): Promise<void>;
  /** After a call that surely made nothing. */
  forget(place: Place): Promise<void>;
}

/** Instances' clocks differ by up to this many ms. */
const CLOCK_SKEW_MS = 1000;

const creationItem = lazily(() =>
  z.union([z.object({ id: z.string(), at: z.number() }), z.object({ callUntil: z.number() })]),
);

function createCreations<Place>(
  { client, table: TableName, clock }: StoreTable & { clock: { now(): EpochMs } },
  keyOf: (place: Place) => ItemKey,
  more: (place: Place) => object = () => ({}),
): Creations<Place> {
  const item = (place: Place, creation: Creation) => ({ ...keyOf(place), ...creation, ...more(place) });
  return {
    of: (place) => getItem(client, TableName, keyOf(place), creationItem),
    begin: (place, callUntil, lookedAt = Number.MAX_SAFE_INTEGER) =>
      applied(
        client.send(
          new PutCommand({
            TableName,
            Item: item(place, { callUntil }),
            ConditionExpression:
              '(attribute_not_exists(callUntil) OR callUntil < :now) AND (attribute_not_exists(#at) OR #at < :looked)',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':now': clock.now(), ':looked': lookedAt - CLOCK_SKEW_MS },
          }),
        ),
      ),
    async keep(place, creation) {
      await client.send(new PutCommand({ TableName, Item: item(place, creation) }));
    },
    async forget(place) {
      await client.send(new DeleteCommand({ TableName, Key: keyOf(place) }));
    },
  };
}

type Options = StoreTable & { clock: { now(): EpochMs } };

/** Where a category is wanted: its name, below its own parent. */
export interface CategoryPlace {
  /** Absent at the top. */
  readonly parentId: string | undefined;
  readonly name: string;
}

const TOP = 'top';

/** The categories that we made. */
export const createMadeCategories = (options: Options): Creations<CategoryPlace> =>
  createCreations(options, ({ parentId = TOP, name }) => categoryKey(options, parentId, contentHash(name)));

/** Which location of the platform is which of the merchant's own system, by the id there. */
export interface LocationLinks extends Creations<string> {
  /** The platform's ids with those of the merchant's own system. */
  all(): Promise<ReadonlyMap<string, string>>;
}

const linkItem = lazily(() => z.object({ id: z.string().optional(), externalId: z.string() }));

export const createLocationLinks = (options: Options): LocationLinks => ({
  ...createCreations<string>(
    options,
    (externalId) => locationKey(options, externalId),
    (externalId) => ({ externalId }),
  ),
  async all() {
    const links = await queryAll(
      options.client,
      inPartition(options.table, locationsPk(options)),
      linkItem(),
    );
    return new Map(
      links.flatMap(({ id, externalId }): [string, string][] => (id === undefined ? [] : [[id, externalId]])),
    );
  },
});
