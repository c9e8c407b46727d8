import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Order } from '../domain/order.ts';
import type { Clock } from '../runtime/clock.ts';
import { inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { privacyReportKey, privacyReportPk, privacyReportPrefix, TABLE_KEYS } from './keys.ts';

/** Everything that is held of one customer, for the merchant to hand over. Times are ISO UTC. */
export interface DataReport {
  id: string;
  storeId: string;
  customerId?: string;
  producedAt: string;
  orders: ExportedOrder[];
  /** Named in the request and not held here. */
  notHeld: { orders: string[]; checkouts: string[]; drafts: string[] };
  remarks: string[];
}

export interface ExportedOrder {
  orderId: string;
  /** Absent while the row only says what is wrong. */
  order?: Order;
  erasedAt?: string;
  firstSeenAt: string;
  lastSeenAt: string;
  /** The platform's own bytes, each with the time until which it is kept; JSON where they are JSON, else text. */
  platformCopies: { keptUntil: string; content: unknown }[];
}

/** A DynamoDB item holds 400 KB; the rest is for keys and ids. */
const CHUNK_BYTES = 300 * 1024;
/** The law gives the merchant 15 days to answer; the report itself is personal data, so it does not stay for good. */
export const REPORT_DAYS = 30;

const head = z.object({
  id: z.string(),
  createdAt: z.string(),
  chunkCount: z.number().int(),
  orderIds: z.array(z.string()),
  customerId: z.string().optional(),
  expiresAt: z.number(),
});
export type ReportHead = z.infer<typeof head>;
const chunkItem = z.object({ sk: z.string(), data: z.instanceof(Uint8Array), head: head.optional() });

/**
 * Keeps reports for data requests until the merchant fetched them: compressed items of the control table, encrypted at
 * rest like all of it, that expire.
 */
export interface PrivacyReports {
  /** Keeping a report of the same id again takes the place of the earlier one. */
  keep(report: DataReport): Promise<void>;
  get(id: string): Promise<DataReport | undefined>;
  list(): Promise<ReportHead[]>;
  /** Deletes the reports in which one of these orders or this customer stands; all of them when nothing is named. */
  forget(about?: { orderIds: readonly string[]; customerId?: string }): Promise<void>;
}

export function createPrivacyReports(options: StoreTable & { clock: Pick<Clock, 'now'> }): PrivacyReports {
  const { client, table: TableName, clock } = options;
  const pk = privacyReportPk(options);
  const chunks = (begin?: string) => queryAll(client, inPartition(TableName, pk, begin), chunkItem);
  const remove = (sk: string) => client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  const list = async () => (await chunks()).flatMap((item) => (item.head === undefined ? [] : [item.head]));

  return {
    list,
    async keep(report) {
      const data = gzipSync(JSON.stringify(report));
      const chunkCount = Math.max(1, Math.ceil(data.byteLength / CHUNK_BYTES));
      const expiresAt = Math.floor(clock.now() / 1000) + REPORT_DAYS * 24 * 3600;
      const { id, producedAt: createdAt, customerId } = report;
      const about: ReportHead = {
        id,
        createdAt,
        chunkCount,
        orderIds: report.orders.map((order) => order.orderId),
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
      if (about === undefined || found.length < about.chunkCount) return undefined;
      const whole = Buffer.concat(found.slice(0, about.chunkCount).map(({ data }) => data));
      return JSON.parse(gunzipSync(whole).toString('utf8')) as DataReport;
    },
    async forget(about) {
      const named = new Set(about?.orderIds);
      for (const report of await list()) {
        const same = about?.customerId !== undefined && about.customerId === report.customerId;
        if (about !== undefined && !same && !report.orderIds.some((id) => named.has(id))) continue;
        for (const { sk } of await chunks(privacyReportPrefix(report.id))) await remove(sk);
      }
    },
  };
}
