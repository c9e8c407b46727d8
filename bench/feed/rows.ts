import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { counted } from '../../functions/domain/event-count.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';
import { openTable, type ShopTable } from '../../local/shop/table.ts';
import type { DeployedCloud } from '../deployed-cloud.ts';

/** Writes rows as the pipeline does, one event each. */
export interface RowWriter {
  /** Writes the next event's row: each order is created, and later changed once. Answers the event's order, and its count. */
  write(): Promise<{ orderId: string; count: number }>;
  close(): void;
}

/** @throws Error when the deployment makes no row of a webhook */
export async function createRowWriter({ cloud, pushOrder }: DeployedCloud): Promise<RowWriter> {
  await pushOrder();
  const table: ShopTable = openTable(cloud);
  const [sample] = await table.all();
  if (sample === undefined) throw new Error('no row came of a webhook');
  const TableName = cloud.tableName('Orders/Table');
  let written = 0;
  let created: OrderRow | undefined;
  return {
    async write() {
      const before = created;
      const row = before === undefined ? newRow(sample, written) : changedRow(before);
      written += 1;
      created = before === undefined ? row : undefined;
      await table.client.send(new PutCommand({ TableName, Item: { ...orderRowKey(row), ...row } }));
      return { orderId: row.platformOrderId, count: row.eventCount ?? 0 };
    },
    close: () => table.close(),
  };
}

const at = () => new Date().toISOString();

function newRow({ eventCount: _, ...sample }: OrderRow, number: number): OrderRow {
  const row = { ...sample, platformOrderId: `bench-${number}`, version: 1, revision: 1, changedAt: at() };
  return counted(row, undefined);
}

function changedRow(before: OrderRow): OrderRow {
  const { order, version, revision } = before;
  const changed = order === undefined ? {} : { order: { ...order, status: 'cancelled' as const } };
  return counted(
    { ...before, ...changed, version: version + 1, revision: revision + 1, changedAt: at() },
    before,
  );
}
