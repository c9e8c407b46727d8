import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Customer } from '../domain/customer.ts';
import { lazily } from '../domain/lazily.ts';
import type { Order } from '../domain/order.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { zlib } from '../runtime/zlib.ts';
import { privacyReportKey, privacyReportPk, privacyReportPrefix } from './control-keys.ts';
import { inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** Everything that is held of one customer, for the merchant to hand over. Times are ISO UTC. */
export interface DataReport {
  id: string;
  storeId: string;
  customerId?: string;
  producedAt: string;
  /** What is held, by its kind: orders and whatever else names a person. */
  held: Record<string, ExportedItem[]>;
  /** Ids that the request names and that are not held here, by kind. */
  notHeld: Record<string, string[]>;
  remarks: string[];
}

export interface ExportedItem {
  id: string;
}

/** What every row that is exported tells. */
interface ExportedRow extends ExportedItem {
  erasedAt?: string;
  firstSeenAt: string;
  lastSeenAt: string;
  /** The platform's own bytes, each with the time until which it is kept; JSON where they are JSON, else text. */
  platformCopies: { keptUntil: string; content: unknown }[];
  /** What the merchant's own system wanted done to it, or written of it. */
  commands?: { command: string; input: object; state: string; givenAt: string; platformSays?: string }[];
}

export interface ExportedOrder extends ExportedRow {
  /** Absent while the row only says what is wrong. */
  order?: Order;
}

export interface ExportedCustomer extends ExportedRow {
  /** Absent while nothing of it was understood. */
  customer?: Customer;
}

/** A DynamoDB item holds 400 KB; the rest is for keys and ids. */
const CHUNK_BYTES = 300 * 1024;
/** The law gives the merchant 15 days to answer; the report itself is personal data, so it does not stay for good. */
export const REPORT_DAYS = 30;

const head = lazily(() =>
  z.object({
    id: z.string(),
    createdAt: z.string(),
    chunkCount: z.int(),
    /** Ids of what stands in it, by kind. */
    things: z.record(z.string(), z.array(z.string())),
    customerId: z.string().optional(),
    expiresAt: z.number(),
  }),
);
export type ReportHead = z.infer<ReturnType<typeof head>>;
const chunkItem = lazily(() =>
  z.object({ sk: z.string(), data: z.instanceof(Uint8Array), head: head().optional() }),
);

/**
 * Keeps reports for data requests until the merchant fetched them: compressed items of the control table, encrypted at
 * rest like all of it, that expire.
 */
export interface PrivacyReports {
  /** Keeping a report of the same id again takes the place of the earlier one. */
  keep(report: DataReport): Promise<void>;
  get(id: string): Promise<DataReport | undefined>;
  list(): Promise<ReportHead[]>;
  /** Deletes the reports in which one of these things (ids by kind) or this customer stands. */
  forget(about: { things: Readonly<Record<string, readonly string[]>>; customerId?: string }): Promise<void>;
  /** Deletes every report that was made until then (epoch ms). */
  forgetAll(until: EpochMs): Promise<void>;
}

export function createPrivacyReports(options: StoreTable & { clock: Pick<Clock, 'now'> }): PrivacyReports {
  const { client, table: TableName, clock } = options;
  const pk = privacyReportPk(options);
  const chunks = (begin?: string) => queryAll(client, inPartition(TableName, pk, begin), chunkItem());
  const remove = (sk: string) => client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  const heads = async () => (await chunks()).flatMap((item) => (item.head === undefined ? [] : [item.head]));
  const removeAll = async ({ id }: ReportHead): Promise<void> => {
    for (const { sk } of await chunks(privacyReportPrefix(id))) await remove(sk);
  };
  // The table deletes what has expired within days, not at once.
  const isKept = ({ expiresAt }: ReportHead) => expiresAt * 1000 > clock.now();

  return {
    list: async () => (await heads()).filter(isKept),
    async keep(report) {
      const data = zlib().gzipSync(JSON.stringify(report));
      const chunkCount = Math.max(1, Math.ceil(data.byteLength / CHUNK_BYTES));
      const expiresAt = Math.floor(clock.now() / 1000) + REPORT_DAYS * 24 * 3600;
      const { id, producedAt: createdAt, customerId } = report;
      const about: ReportHead = {
        id,
        createdAt,
        chunkCount,
        things: Object.fromEntries(
          Object.entries(report.held).map(([kind, items]) => [kind, items.map((item) => item.id)]),
        ),
        ...(customerId === undefined ? {} : { customerId }),
        expiresAt,
      };
      // The head with the last chunk, so that a report is listed only once it is whole.
      for (let index = chunkCount - 1; index >= 0; index -= 1) {
        const Item = {
          ...privacyReportKey(options, id, index),
          data: data.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
          ...(index === 0 ? { head: about } : {}),
          [TABLE_KEYS.expiry]: expiresAt,
        };
        await client.send(new PutCommand({ TableName, Item }));
      }
      // An earlier report of the same request may have been longer.
      const firstUnused = privacyReportKey(options, id, chunkCount).sk;
      for (const { sk } of await chunks(privacyReportPrefix(id))) if (sk >= firstUnused) await remove(sk);
    },
    async get(id) {
      const found = await chunks(privacyReportPrefix(id));
      const about = found[0]?.head;
      if (about === undefined || !isKept(about) || found.length < about.chunkCount) return undefined;
      const whole = Buffer.concat(found.slice(0, about.chunkCount).map(({ data }) => data));
      return JSON.parse(zlib().gunzipSync(whole).toString('utf8')) as DataReport;
    },
    async forget({ things, customerId }) {
      const named = new Map(Object.entries(things).map(([kind, ids]) => [kind, new Set(ids)]));
      for (const report of await heads()) {
        const isTheirs = customerId !== undefined && customerId === report.customerId;
        const holds = Object.entries(report.things).some(([kind, ids]) =>
          ids.some((id) => named.get(kind)?.has(id)),
        );
        if (isTheirs || holds) await removeAll(report);
      }
    },
    async forgetAll(until) {
      for (const report of await heads()) if (Date.parse(report.createdAt) <= until) await removeAll(report);
    },
  };
}
