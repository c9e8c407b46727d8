import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { merchantNamed } from '../../config/merchant.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { openShop, type Shop } from '../../local/shop/shop.ts';
import { openTable } from '../../local/shop/table.ts';
import { pathOf } from './ack-app.ts';
import { watchMemory } from './memory.ts';
import { pushingStore } from './pushing-store.ts';

/** Orders per second from the first webhook to the last row, and what the bare write of such rows makes. */
export interface RowFigures {
  orders: number;
  perSecond: number;
  barePerSecond: number;
  /** Most memory of this whole process (simulators, local cloud, workers, sender) in MB. */
  peakMegabytes: number;
}

const IN_FLIGHT = 8;

/** Sends webhooks of `count` different orders to the whole deployment and waits for their rows. */
export async function measureRows(count: number): Promise<RowFigures> {
  const memory = watchMemory();
  const shop = await openShop({ merchant: merchantNamed('demo'), seed: 1 });
  const table = openTable(shop.cloud);
  try {
    await sendAll(shop, orderBodies(shop, 'warm', 50));
    await shop.cloud.idle();
    const startedAt = performance.now();
    await sendAll(shop, orderBodies(shop, 'measured', count));
    await shop.cloud.idle();
    const seconds = (performance.now() - startedAt) / 1000;
    const rows = await table.all();
    const landed = rows.filter(
      ({ platformOrderId, state }) => platformOrderId.startsWith('measured') && state === 'ok',
    ).length;
    if (landed !== count) throw new Error(`only ${landed} of ${count} orders are in the table`);
    const barePerSecond = await bareWrites(shop, rows[0] ?? {}, count);
    return {
      orders: count,
      perSecond: count / seconds,
      barePerSecond,
      peakMegabytes: memory.peakMegabytes(),
    };
  } finally {
    memory.stop();
    table.close();
    await shop.close();
  }
}

/** Webhooks of different orders: one order of the simulated platform under other ids. */
export function orderBodies(shop: Shop, prefix: string, count: number): { orderId: string; body: string }[] {
  const store = pushingStore(shop.stores);
  const orderId = store.place();
  const body = JSON.stringify(store.truth(orderId)[0]?.json);
  const random = createSeededRandom(prefix);
  return Array.from({ length: count }, () => {
    const id = `${prefix}-${random.uuid()}`;
    return { orderId: id, body: body.replaceAll(orderId, id) };
  });
}

async function sendAll(shop: Shop, toSend: { body: string }[]): Promise<void> {
  const store = pushingStore(shop.stores);
  const url = `${shop.cloud.apiUrl}${pathOf(store)}`;
  const sender = async () => {
    for (let next = toSend.pop(); next !== undefined; next = toSend.pop()) {
      const { body } = next;
      const headers = store.webhooks?.headersFor(body) ?? {};
      const answer = await fetch(url, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`the receiver answered ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
}

/** The same conditional write of a row of the same size, and nothing else. */
async function bareWrites({ cloud }: Shop, row: object, count: number): Promise<number> {
  const base = new DynamoDBClient({
    region: cloud.region,
    endpoint: cloud.endpoint,
    credentials: cloud.adminCredentials,
  });
  const client = DynamoDBDocumentClient.from(base);
  let next = 0;
  const writer = async () => {
    while (next < count) {
      next += 1;
      const Item = {
        ...row,
        ...orderRowKey({ platform: 'bare', storeId: 'bare', platformOrderId: String(next) }),
      };
      const TableName = cloud.tableName('Orders/Table');
      await client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  base.destroy();
  return count / ((performance.now() - startedAt) / 1000);
}
