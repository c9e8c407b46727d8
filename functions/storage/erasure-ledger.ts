import { PutCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { ERASURE_CAUSES } from '../domain/order-row.ts';
import type { EpochMs } from '../domain/time.ts';
import { erasureLedgerKey, erasureLedgerPk } from './control-keys.ts';
import { applied, inPartition, type StoreTable } from './dynamodb.ts';

/** The kind of an entry that stands for everything of the store; its id is the time at which the erasure had ended. */
export const WHOLE_STORE = 'store';

const entryItem = lazily(() =>
  z
    .object({
      sk: z.string(),
      at: z.number(),
      because: z.enum(ERASURE_CAUSES).catch('operator'),
      request: z.string(),
    })
    .transform(({ sk, ...entry }) => {
      const [kind = '', ...id] = sk.split('#');
      return { kind, id: id.join('#'), ...entry };
    }),
);

/** One erasure: of what, when (epoch ms), why, and by which request. Ids only, no person. */
export type LedgerEntry = z.output<ReturnType<typeof entryItem>>;

/**
 * Remembers what was erased of a store, apart from the rows: a table that is restored to an earlier time brings the
 * persons back, and the ledger says whom to erase again. Entries are added and never changed.
 */
export interface ErasureLedger {
  /** Adds an entry; the first one of a kind and an id stays. */
  add(entry: LedgerEntry): Promise<void>;
  /** Every entry, page by page. */
  pages(): AsyncIterable<LedgerEntry[]>;
}

export function createErasureLedger(options: StoreTable): ErasureLedger {
  const { client, table: TableName } = options;
  return {
    async add({ kind, id, ...entry }) {
      const Item = { ...erasureLedgerKey(options, kind, id), ...entry };
      await applied(
        client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' })),
      );
    },
    async *pages() {
      let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
      do {
        const query = inPartition(TableName, erasureLedgerPk(options));
        const page = await client.send(
          new QueryCommand({ ...query, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) }),
        );
        yield (page.Items ?? []).map((item) => entryItem().parse(item));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    },
  };
}

/** The entry of a store that was erased as a whole. */
export const wholeStore = (endedAt: EpochMs, why: Pick<LedgerEntry, 'because' | 'request'>): LedgerEntry => ({
  kind: WHOLE_STORE,
  id: new Date(endedAt).toISOString(),
  at: endedAt,
  ...why,
});
