import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { displaySchema } from '../domain/stock/display.ts';
import { pricesSchema } from '../domain/stock/prices.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { getItem } from './dynamodb.ts';
import { type StoreName, WORK_INDEX } from './keys.ts';
import { jobIdOfPk, stockJobKey, stockJobWork } from './stock-keys.ts';

const jobSchema = lazily(() =>
  z.object({
    jobId: z.string(),
    what: z.enum(['display', 'prices']),
    /** The time that stands with what the channels were told (epoch ms). */
    from: z.int(),
    /** By channel: the SKUs that it is about. */
    told: z.record(z.string(), z.array(z.string())),
    /** By channel: what each of them is to show, in the same order. */
    displays: z.record(z.string(), z.array(displaySchema())).optional(),
    /** The same of what each of them is to charge. */
    prices: z.record(z.string(), z.array(pricesSchema())).optional(),
    /** How often somebody looked for its end. */
    looks: z.int(),
  }),
);
/** A job of a platform, begun by telling a store, whose end nobody knows yet. */
export type StockJob = z.infer<ReturnType<typeof jobSchema>>;

/** Remembers the jobs of a store until their end. Only whoever holds the store's lease writes them. */
export interface StockJobs {
  /** Keeps a job, to be looked at by then (epoch ms). */
  put(store: StoreName, job: StockJob, dueAt: EpochMs): Promise<void>;
  /** Jobs that are to be looked at by now. The index follows the table within a moment. */
  due(store: StoreName): Promise<StockJob[]>;
  /** When one is to be looked at next (epoch ms); undefined where there is none. */
  next(store: StoreName): Promise<EpochMs | undefined>;
  remove(store: StoreName, jobId: string): Promise<void>;
}

const found = z.object({ pk: z.string(), [WORK_INDEX.sort]: z.string() });
/** Looked at in one run. */
const MOST = 25;

export function createStockJobs(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): StockJobs {
  const { client, table: TableName, clock } = options;
  const query = async (store: StoreName, limit: number) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: WORK_INDEX.name,
        KeyConditionExpression: `${WORK_INDEX.partition} = :work`,
        ExpressionAttributeValues: { ':work': stockJobWork(store) },
        Limit: limit,
      }),
    );
    return Items.map((item) => found.parse(item));
  };
  return {
    async put(store, job, dueAt) {
      const work = { [WORK_INDEX.partition]: stockJobWork(store), [WORK_INDEX.sort]: isoTime(dueAt) };
      const Item = { ...stockJobKey(store, job.jobId), ...work, ...job };
      await client.send(new PutCommand({ TableName, Item }));
    },
    async due(store) {
      const now = isoTime(clock.now());
      const names = (await query(store, MOST)).filter((one) => one[WORK_INDEX.sort] <= now);
      const jobs = await Promise.all(
        names.map(({ pk }) =>
          getItem(client, TableName, stockJobKey(store, jobIdOfPk(store, pk)), jobSchema),
        ),
      );
      return jobs.flatMap((job) => job ?? []);
    },
    async next(store) {
      const [first] = await query(store, 1);
      return first === undefined ? undefined : Date.parse(first[WORK_INDEX.sort]);
    },
    async remove(store, jobId) {
      await client.send(new DeleteCommand({ TableName, Key: stockJobKey(store, jobId) }));
    },
  };
}
