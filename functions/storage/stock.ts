import { type DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { canonicalJson } from '../domain/canonical-json.ts';
import { lazily } from '../domain/lazily.ts';
import { type Claim, claimSchema } from '../domain/stock/claim.ts';
import { isDone, type Move, moveSchema } from '../domain/stock/move.ts';
import {
  claimedByPlaces,
  isOversold,
  NOTHING_KNOWN,
  type Sku,
  type StockRules,
} from '../domain/stock/sku.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { getItem, inPartition, queryAll, transacted } from './dynamodb.ts';
import { CHANGES_INDEX, type ItemKey, REVIEW_INDEX, type StoreName, WORK_INDEX } from './keys.ts';
import { dueByStore, type TellItem, tellChanges, tellItemSchema, workOf } from './stock-due.ts';
import { needsReview, noticeOf, type StockItem, stockItemSchema } from './stock-item.ts';
import {
  ALL_SKUS,
  CLAIM_PREFIX,
  claimItemKey,
  MOVE_PREFIX,
  moveItemKey,
  STOCK_ITEM_SK,
  skuOfPk,
  stockItemKey,
  stockPk,
  TOOK_PREFIX,
  type ToTell,
  tellItemKey,
  tellWork,
  tookItemKey,
} from './stock-keys.ts';
import type { DueSku } from './stock-telling.ts';

/** Keeps what is known of each SKU. */
export interface StockStore {
  /** As it stands now; undefined when nobody has told of the SKU. */
  get(sku: string): Promise<StockItem | undefined>;
  /** Everything about it, claims and moves that are open included. */
  read(sku: string): Promise<Sku>;
  /**
   * Reads everything about a SKU, lets `change` say what it is now, and writes that, sums of claims included, unless another
   * writer was quicker: then once more. `change` may be called several times.
   *
   * @param line whose move `change` looks at: also one that is applied is read then
   */
  update(sku: string, change: (known: Sku) => Sku, line?: string): Promise<StockItem>;
  /**
   * SKUs whose stock, or prices, a store is to be told of by now, what has waited longest first. The index follows the table within a moment, so
   * that a SKU may be named that was told already.
   *
   * @param after only what stands behind it
   */
  toTell(of: ToTell, limit: number, after?: DueSku): Promise<DueSku[]>;
  /** When a store is to be told of them next (epoch ms); undefined where there is nothing to tell. */
  nextToTell(of: ToTell): Promise<EpochMs | undefined>;
  /** How many SKUs there are. The index follows the table within a moment. */
  count(): Promise<number>;
}

/** Writers of one SKU are few, but an order of a popular one comes every moment. */
const MAX_CONFLICTS = 24;
/** A transaction has at most 100 parts. What is left over comes with the next write: it counts for nothing. */
const MOST_DELETED = 50;

/** What stands in the partition of a SKU. */
const part = lazily(() =>
  z.union([
    stockItemSchema().extend({ sk: z.literal(STOCK_ITEM_SK) }),
    claimSchema().extend({ sk: z.string().startsWith(CLAIM_PREFIX) }),
    moveSchema().extend({ sk: z.string().startsWith(MOVE_PREFIX) }),
    tellItemSchema(),
  ]),
);
type Claims = Record<string, Claim>;
type Moves = Record<string, Move>;

interface Read {
  readonly item: StockItem | undefined;
  readonly sku: Sku;
  /** What the index of unfinished work says of it. */
  readonly listed: readonly TellItem[];
}

export function createStockStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  rules: StockRules;
  clock: Pick<Clock, 'now'>;
  /** Hears which stores came to have something to tell, and from when on (epoch ms). */
  onDue?: (store: StoreName, dueAt: EpochMs) => void;
}): StockStore {
  const { client, table: TableName, rules, clock, onDue = () => {} } = options;

  async function read(name: string, line?: string): Promise<Read> {
    const { KeyConditionExpression, ExpressionAttributeValues, ...query } = inPartition(
      TableName,
      stockPk(name),
    );
    const all = {
      ...query,
      KeyConditionExpression: `${KeyConditionExpression} AND sk < :took`,
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':took': TOOK_PREFIX },
    };
    const parts = await queryAll(client, all, part());
    let item: StockItem | undefined;
    const listed: TellItem[] = [];
    const claims: Claims = {};
    const moves: Moves = {};
    for (const { sk, ...rest } of parts) {
      if ('history' in rest) claims[sk.slice(CLAIM_PREFIX.length)] = rest;
      else if ('wanted' in rest) moves[sk.slice(MOVE_PREFIX.length)] = rest;
      else if ('sku' in rest) item = rest;
      else listed.push({ sk, ...rest });
    }
    if (line !== undefined && moves[line] === undefined) {
      const took = await getItem(client, TableName, tookItemKey(name, line), moveSchema);
      if (took !== undefined) moves[line] = took;
    }
    const known = item === undefined ? NOTHING_KNOWN : knownOf(item);
    return { item, sku: { ...known, claims, moves }, listed };
  }

  async function write(
    name: string,
    { item, sku: before, listed }: Read,
    after: Sku,
  ): Promise<StockItem | undefined> {
    const { claims, moves, ...known } = after;
    const claimed = claimedByPlaces(after, rules);
    const next = {
      sku: name,
      ...known,
      claimed,
      ...noticeOf(item, after, isOversold(after.bases, claimed, rules)),
      revision: (item?.revision ?? 0) + 1,
      changedAt: isoTime(clock.now()),
    } satisfies StockItem;
    const changed = Object.entries(claims).filter(
      ([key, claim]) => canonicalJson(claim) !== canonicalJson(before.claims[key]),
    );
    const ended = Object.keys(before.claims).filter((key) => claims[key] === undefined);
    const written = await transacted(
      client.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Put: {
                TableName,
                Item: {
                  ...stockItemKey(name),
                  [CHANGES_INDEX.partition]: ALL_SKUS,
                  ...(needsReview(after)
                    ? { [REVIEW_INDEX.partition]: ALL_SKUS, [REVIEW_INDEX.sort]: next.changedAt }
                    : {}),
                  ...next,
                },
                ...(item === undefined
                  ? { ConditionExpression: 'attribute_not_exists(pk)' }
                  : {
                      ConditionExpression: 'revision = :expected',
                      ExpressionAttributeValues: { ':expected': item.revision },
                    }),
              },
            },
            ...changed.map(([key, claim]) => ({
              Put: { TableName, Item: { ...claimItemKey(name, key), ...claim } },
            })),
            ...[...moveChanges(name, before.moves, moves), ...tellChanges(name, listed, after)].map(
              (change) =>
                'Put' in change
                  ? { Put: { TableName, Item: change.Put } }
                  : { Delete: { TableName, Key: change.Delete } },
            ),
            ...ended
              .slice(0, MOST_DELETED)
              .map((key) => ({ Delete: { TableName, Key: claimItemKey(name, key) } })),
          ],
        }),
      ),
    );
    if (!written) return undefined;
    const was = dueByStore(before);
    for (const [name, { of, dueAt }] of dueByStore(after))
      if (dueAt !== was.get(name)?.dueAt) onDue(of, dueAt);
    return next;
  }

  return {
    get: (sku) => getItem(client, TableName, stockItemKey(sku), stockItemSchema),
    read: async (sku) => (await read(sku)).sku,
    async update(name, change, line) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        const found = await read(name, line);
        const after = change(found.sku);
        const isSame = canonicalJson(after) === canonicalJson(found.sku);
        if (found.item !== undefined && isSame && tellChanges(name, found.listed, after).length === 0)
          return found.item;
        const written = await write(name, found, after);
        if (written !== undefined) return written;
      }
      throw new OwnError(`the stock of SKU ${name} was not written: ${MAX_CONFLICTS} writers were quicker`);
    },
    async toTell(of, limit, after) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: WORK_INDEX.name,
          KeyConditionExpression: `${WORK_INDEX.partition} = :work AND ${WORK_INDEX.sort} <= :now`,
          ExpressionAttributeValues: { ':work': tellWork(of), ':now': isoTime(clock.now()) },
          Limit: limit,
          ...(after && {
            ExclusiveStartKey: { ...tellItemKey(after.sku, of), ...workOf(of, after.dueAt) },
          }),
        }),
      );
      return Items.map((found) => {
        const { pk, [WORK_INDEX.sort]: dueAt } = workItem().parse(found);
        return { sku: skuOfPk(pk), dueAt: Date.parse(dueAt) };
      });
    },
    async nextToTell(of) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: WORK_INDEX.name,
          KeyConditionExpression: `${WORK_INDEX.partition} = :work`,
          ExpressionAttributeValues: { ':work': tellWork(of) },
          Limit: 1,
        }),
      );
      const [first] = Items.map((found) => workItem().parse(found));
      return first === undefined ? undefined : Date.parse(first[WORK_INDEX.sort]);
    },
    async count() {
      let found = 0;
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            IndexName: CHANGES_INDEX.name,
            KeyConditionExpression: `${CHANGES_INDEX.partition} = :all`,
            ExpressionAttributeValues: { ':all': ALL_SKUS },
            Select: 'COUNT',
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          }),
        );
        found += page.Count ?? 0;
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return found;
    },
  };
}

const workItem = lazily(() => z.object({ pk: z.string(), [WORK_INDEX.sort]: z.string() }));

type Change = { readonly Put: object } | { readonly Delete: ItemKey };

/** A move that is done stands where nobody has to read it, until its order changes. */
const moveChanges = (sku: string, before: Sku['moves'], after: Sku['moves']): Change[] =>
  Object.entries(after)
    .filter(([key, move]) => canonicalJson(move) !== canonicalJson(before[key]))
    .flatMap(([key, move]): Change[] => {
      const [open, applied] = [moveItemKey(sku, key), tookItemKey(sku, key)];
      return isDone(move)
        ? [{ Put: { ...applied, ...move } }, { Delete: open }]
        : [{ Put: { ...open, ...move } }, { Delete: applied }];
    });
/** What the item of a SKU says of it, and nothing about the item itself. */
const knownOf = (item: StockItem): Omit<Sku, 'claims' | 'moves'> => {
  const { bases, links, shown, marks, rejected, lastOrderAt, ownAt, movements, drifted, unlinked, pricing } =
    item;
  return { bases, links, shown, marks, rejected, lastOrderAt, ownAt, movements, drifted, unlinked, pricing };
};
