import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { DataReport } from '../pipeline/privacy/export.ts';
import type { Platform } from '../platforms/names.ts';
import type { Clock } from '../runtime/clock.ts';
import { TABLE_KEYS } from './keys.ts';

/** A DynamoDB item holds 400 KB; the rest is for keys and ids. */
const PART_BYTES = 300 * 1024;
/** The law gives the merchant 15 days to answer; the report itself is personal data, so it does not stay for good. */
export const REPORT_DAYS = 30;

const head = z.object({
  id: z.string(),
  createdAt: z.string(),
  parts: z.number().int(),
  orderIds: z.array(z.string()),
  customerId: z.string().optional(),
  expiresAt: z.number(),
});
export type ReportHead = z.infer<typeof head>;
const part = z.object({ sk: z.string(), data: z.instanceof(Uint8Array), head: head.optional() });

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

export function createPrivacyReports(options: {
  client: DynamoDBDocumentClient;
  table: string;
  platform: Platform;
  storeId: string;
  clock: Pick<Clock, 'now'>;
}): PrivacyReports {
  const { client, table: TableName, clock } = options;
  const pk = `privacy-report#${options.platform}#${options.storeId}`;
  const partSk = (id: string, index: number) => `${id}#${String(index).padStart(3, '0')}`;

  async function query(begin: string): Promise<z.infer<typeof part>[]> {
    const found: z.infer<typeof part>[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: begin === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :begin)',
          ExpressionAttributeValues: { ':pk': pk, ...(begin === '' ? {} : { ':begin': begin }) },
          ConsistentRead: true,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      );
      found.push(...(page.Items ?? []).map((item) => part.parse(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }
  const remove = (sk: string) => client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  const list = async () => (await query('')).flatMap((item) => (item.head === undefined ? [] : [item.head]));

  return {
    list,
    async keep(report) {
      const data = gzipSync(JSON.stringify(report));
      const parts = Math.max(1, Math.ceil(data.byteLength / PART_BYTES));
      const expiresAt = Math.floor(clock.now() / 1000) + REPORT_DAYS * 24 * 3600;
      const { id, producedAt: createdAt, customerId } = report;
      const about: ReportHead = {
        id,
        createdAt,
        parts,
        orderIds: report.orders.map((order) => order.orderId),
        ...(customerId === undefined ? {} : { customerId }),
        expiresAt,
      };
      // The head with the last part, so that a report is listed only once it is whole.
      for (let index = parts - 1; index >= 0; index -= 1) {
        const Item = {
          pk,
          sk: partSk(id, index),
          data: data.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
          ...(index === 0 ? { head: about } : {}),
          [TABLE_KEYS.expiry]: expiresAt,
        };
        await client.send(new PutCommand({ TableName, Item }));
      }
      // An earlier report of the same request may have been longer.
      for (const { sk } of await query(`${id}#`)) if (sk >= partSk(id, parts)) await remove(sk);
    },
    async get(id) {
      const parts = await query(`${id}#`);
      const about = parts[0]?.head;
      if (about === undefined || parts.length < about.parts) return undefined;
      const whole = Buffer.concat(parts.slice(0, about.parts).map(({ data }) => data));
      return JSON.parse(gunzipSync(whole).toString('utf8')) as DataReport;
    },
    async forget(about) {
      const named = new Set(about?.orderIds);
      for (const report of await list()) {
        const same = about?.customerId !== undefined && about.customerId === report.customerId;
        if (about !== undefined && !same && !report.orderIds.some((id) => named.has(id))) continue;
        for (const { sk } of await query(`${report.id}#`)) await remove(sk);
      }
    },
  };
}
