import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, epochMs } from '../domain/time.ts';
import { OwnError } from '../runtime/describe-error.ts';
import {
  missingIdsKey,
  PROGRESS_PREFIX,
  progressKey,
  REPORT_PREFIX,
  reconcilePk,
  reconcileReportKey,
} from './control-keys.ts';
import { applied, getItem, inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** What the ids are found by that a scan listed so far, where a look through it takes several runs. */
const listedSoFar = z.object({
  /** The run that the look began with. */
  cycle: z.string(),
  /** Items that hold them. */
  chunks: z.int().min(0),
});
export type ListedSoFar = z.infer<typeof listedSoFar>;

const progressItem = z.object({
  sk: z.string(),
  /** Epoch ms of the first run: events from before it may never have been sent to us. */
  since: epochMs(),
  /** Everything up to here (epoch ms) was compared, or is in `gaps`. */
  until: epochMs(),
  gaps: z.array(z.object({ from: epochMs(), to: epochMs() })),
  /** How long a slice may be (ms): shorter after a slice that a run could not finish. */
  sliceMs: z.number().positive(),
  /** When a slice was finished last; of two scans the one that waits longer goes first. */
  workedAt: epochMs(),
  /** Names all that was listed of what is not in `gaps`; absent where that is not known. */
  listed: listedSoFar.optional().catch(undefined),
  /** The last page that was compared of an undivided list which no single run reads to its end; absent where it begins anew. */
  page: z.int().positive().optional().catch(undefined),
  revision: z.int(),
});

/** What is compared and what is still to be compared of one scan. */
export type Progress = Omit<z.infer<typeof progressItem>, 'sk'>;

/** Remembers, between runs, how far each scan has come. */
export interface ProgressStore {
  /** The progress of every scan that has any, by the scan's name. */
  load(): Promise<Map<string, Progress>>;
  /**
   * Writes a scan's progress over the one that was read, and answers what is stored now.
   *
   * @throws Error when another run wrote in between: its gaps may be others than ours.
   */
  save(scan: string, progress: Progress): Promise<Progress>;
}

export function createProgressStore(options: StoreTable): ProgressStore {
  const { client, table: TableName } = options;
  return {
    async load() {
      const query = inPartition(TableName, reconcilePk(options), PROGRESS_PREFIX);
      const items = await queryAll(client, query, progressItem);
      return new Map(items.map(({ sk, ...progress }) => [sk.slice(PROGRESS_PREFIX.length), progress]));
    },
    async save(scan, progress) {
      const next = { ...progress, revision: progress.revision + 1 };
      const saved = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item: { ...progressKey(options, scan), ...next },
            ConditionExpression: 'attribute_not_exists(pk) OR revision = :seen',
            ExpressionAttributeValues: { ':seen': progress.revision },
          }),
        ),
      );
      if (saved) return next;
      throw new OwnError(
        `${options.platform} store ${options.storeId}: another run moved scan ${scan} on meanwhile; this one stops`,
      );
    },
  };
}

const missingItem = lazily(() =>
  z.object({
    ids: z.record(
      z.string(),
      z.object({
        since: z.number(),
        askAgainAt: z.number().optional(),
        failedAt: z.number().optional(),
      }),
    ),
  }),
);

/** Ids that the platform lists and the table lacks: since when, until when asking for them is no use, and when it failed last (epoch ms). */
export type Missing = z.infer<ReturnType<typeof missingItem>>['ids'];

/** Remembers missing ids from one run to the next, because an order that was not polled yet is missing as well. */
export interface MissingIds {
  load(): Promise<Missing>;
  save(missing: Missing): Promise<void>;
}

export function createMissingIds(options: StoreTable): MissingIds {
  const { client, table: TableName } = options;
  const Key = missingIdsKey(options);
  return {
    load: async () => (await getItem(client, TableName, Key, missingItem))?.ids ?? {},
    async save(ids) {
      await client.send(new PutCommand({ TableName, Item: { ...Key, ids } }));
    },
  };
}

/** Bounds the item: a store with more orders than this in 8 days that were never polled has a poller that stands still. */
const MOST_IDS = 3000;

/** Brings what is remembered up to date: ids that came in or left the list are forgotten. */
export function remember(known: Missing, missing: readonly string[], now: EpochMs): Missing {
  return Object.fromEntries(
    missing.slice(0, MOST_IDS).map((id) => [id, (Object.hasOwn(known, id) && known[id]) || { since: now }]),
  );
}

/** Of a run's report, what its item is found and removed by. Times are ISO 8601, UTC. */
interface ReportItem {
  runId: string;
  startedAt: string;
  endedAt: string;
}

/** Of a report, what says how a run went. */
const reportItem = z.looseObject({
  startedAt: z.string(),
  endedAt: z.string(),
  outcome: z.string(),
  counts: z.record(z.string(), z.number()).catch({}),
  problems: z.array(z.string()).catch([]),
});
export type KeptReport = z.infer<typeof reportItem>;

/** Keeps the reports of reconciliation runs for 30 days, newest last. */
export interface Reports {
  keep(report: ReportItem): Promise<void>;
  latest(): Promise<KeptReport | undefined>;
  /** The newest first. */
  newest(limit: number): Promise<KeptReport[]>;
}

const KEEP_SECONDS = 30 * 24 * 3600;

export function createReports(options: StoreTable): Reports {
  const { client, table: TableName } = options;
  const newest = async (Limit: number): Promise<KeptReport[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        ...inPartition(TableName, reconcilePk(options), REPORT_PREFIX),
        ScanIndexForward: false,
        Limit,
      }),
    );
    return Items.map((item) => reportItem.parse(item));
  };
  return {
    async keep(report) {
      const Item = {
        ...reconcileReportKey(options, report.startedAt, report.runId),
        ...report,
        [TABLE_KEYS.expiry]: Math.floor(Date.parse(report.endedAt) / 1000) + KEEP_SECONDS,
      };
      await client.send(new PutCommand({ TableName, Item }));
    },
    latest: async () => (await newest(1))[0],
    newest,
  };
}
