import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { isMassZero, zeroedSchema, zeroedWith, zeroedWithout } from '../domain/stock/mass-zero.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { applied, getItem } from './dynamodb.ts';
import { stockZeroedKey } from './erp-keys.ts';
import { TABLE_KEYS } from './keys.ts';

/** Counts what goes to zero over all calls of a while. */
export interface ZeroWatch {
  /**
   * Counts these SKUs, and says whether they may go to zero. Where they may not, they are counted all the same: a list that
   * comes again piece by piece is still the same list.
   *
   * @param known how many SKUs there are; asked only where many go to zero
   */
  admit(skus: readonly string[], known: () => Promise<number>): Promise<boolean>;
  /** Counts these SKUs no longer: whoever sent them says that they are meant. What comes after them is judged without them. */
  confirm(skus: readonly string[]): Promise<void>;
  /** An operator lets everything go to zero until then (epoch ms). */
  release(until: EpochMs): Promise<void>;
}

const itemSchema = lazily(() =>
  z.object({
    zeroed: zeroedSchema(),
    releasedUntil: z.int().optional(),
    revision: z.int(),
  }),
);

const KEPT_S = 24 * 3600;
/** Of writers at the same moment one is through each time. Some systems send each SKU by itself, as many at once as the route takes. */
const MAX_CONFLICTS = 64;
/** So many are a mass, whatever the number of all: no more are named, and the item stays small. */
const MOST_NAMED = 4_000;

export function createZeroWatch(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): ZeroWatch {
  const { client, table: TableName, clock } = options;
  type Item = z.infer<ReturnType<typeof itemSchema>>;

  async function change(next: (known: Omit<Item, 'revision'>) => Omit<Item, 'revision'>) {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const found = await getItem(client, TableName, stockZeroedKey(), itemSchema);
      const revision = (found?.revision ?? 0) + 1;
      const item = next(found ?? { zeroed: {} });
      const written = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item: {
              ...stockZeroedKey(),
              ...item,
              revision,
              [TABLE_KEYS.expiry]: Math.floor(clock.now() / 1000) + KEPT_S,
            },
            ConditionExpression: found === undefined ? 'attribute_not_exists(pk)' : 'revision = :expected',
            ...(found === undefined ? {} : { ExpressionAttributeValues: { ':expected': found.revision } }),
          }),
        ),
      );
      if (written) return item;
    }
    throw new OwnError(`SKUs that go to zero were not counted: ${MAX_CONFLICTS} writers were quicker`);
  }

  return {
    async admit(skus, countAll) {
      if (skus.length === 0) return true;
      const { zeroed, releasedUntil = 0 } = await change((known) => {
        const all = Object.entries(zeroedWith(known.zeroed, skus, clock.now()));
        return { ...known, zeroed: Object.fromEntries(all.slice(-MOST_NAMED)) };
      });
      if (releasedUntil > clock.now()) return true;
      if (Object.keys(zeroed).length >= MOST_NAMED) return false;
      return !isMassZero(zeroed, 0) || !isMassZero(zeroed, await countAll());
    },
    async confirm(skus) {
      const found = await getItem(client, TableName, stockZeroedKey(), itemSchema);
      if (found === undefined || !skus.some((sku) => Object.hasOwn(found.zeroed, sku))) return;
      await change(({ zeroed, ...known }) => ({ ...known, zeroed: zeroedWithout(zeroed, skus) }));
    },
    async release(until) {
      await change(() => ({ zeroed: {}, releasedUntil: until }));
    },
  };
}
