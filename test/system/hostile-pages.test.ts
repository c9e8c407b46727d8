import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { type Message, messageSchema, pack } from '../../functions/runtime/queue.ts';
import { pollBackoffKey } from '../../functions/storage/control-keys.ts';
import { type ItemKey, orderPk } from '../../functions/storage/keys.ts';
import { createOutbox } from '../../functions/storage/runs.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';

// A limit that never makes a poll wait: limits are tested elsewhere.
const shop = deployedShop(22, { imotrizRate: { perSecond: 100, burst: 200 } });

const stateOf = (row: OrderRow) => `${orderPk(row)}#${row.revision}`;
const known = async () => new Set((await shop.table.all()).map(stateOf));

describe('hostile iMotriz pages', () => {
  it.each([
    ['no id', 'no-id', 'missing-id'],
    ['an id that is null', 'null-id', 'missing-id'],
    ['no object at all', 'not-an-object', 'missing-id'],
  ] as const)(
    'with a record that has %s: it is in sight, beside the good ones of its page',
    async (_what, oddity, reason) => {
      // Arrange
      const { world } = shop.platforms.imotriz!;
      const before = await known();
      const good = [world.place(), world.place()];
      world.place({ oddity });

      // Act
      await readPage();

      // Assert
      const rows = (await shop.table.all()).filter((row) => !before.has(stateOf(row)));
      const fine = rows.filter(({ state }) => state === 'ok').map(({ platformOrderId }) => platformOrderId);
      expect(fine.toSorted()).toEqual(good.toSorted());
      expect(rows.filter(({ state }) => state === 'needs-review')).toMatchObject([{ review: { reason } }]);
    },
  );

  it.each(['no-products', 'null-buyer', 'wrong-total', 'strange-types', 'unknown-fields'] as const)(
    'with a record that is odd in its parts (%s): one row, an order or in sight',
    async (oddity) => {
      const before = await known();
      shop.platforms.imotriz!.world.place({ oddity });

      await readPage();

      const rows = (await shop.table.all()).filter((row) => !before.has(stateOf(row)));
      expect(rows).toHaveLength(1);
    },
  );

  it.each([
    ['html', 'not-json'],
    ['data-missing', 'broken-envelope'],
  ] as const)(
    'that is broken (%s): its bytes are in sight, and it is not read again blindly',
    async (how, reason) => {
      // Arrange
      const { world, calls } = shop.platforms.imotriz!;
      world.place();
      world.breakPages(how);
      const before = await known();
      const callsBefore = calls.length;

      // Act
      await readPage();

      // Assert
      const rows = (await shop.table.all()).filter((row) => !before.has(stateOf(row)));
      expect(rows).toMatchObject([{ state: 'needs-review', review: { reason } }]);
      expect(calls.length).toBe(callsBefore + 1);
    },
  );

  it.each(['data-object', 'metadata-missing', 'negative-pending'] as const)(
    'that is odd around good orders (%s): they are recorded, and the run asks no further',
    async (how) => {
      // Arrange
      const { world, calls } = shop.platforms.imotriz!;
      const id = world.place();
      world.breakPages(how);
      const before = await known();
      const callsBefore = calls.length;

      // Act
      await readPage();

      // Assert
      const rows = (await shop.table.all()).filter((row) => !before.has(stateOf(row)));
      expect(rows).toMatchObject([{ state: 'ok', platformOrderId: id }]);
      expect(calls.length).toBe(callsBefore + 1);
    },
  );
});

describe('a page that the queue refuses for good', () => {
  const { ops, json } = operatorAt(shop);
  const outbox = () =>
    createOutbox({
      client: shop.table.client,
      table: shop.cloud.tableName('Control/Table'),
      clock: systemClock,
      platform: 'imotriz',
      storeId: 'co-main',
    });
  const pageOf = (id: string): Message => {
    const person = 'Comprador Ficticio';
    const record = {
      order: { id, total: 100 },
      products: [{ code: 'A', quantity: 1, unit_price: 100 }],
      buyer: { name: person },
    };
    const metadata = { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 };
    const [payload] = pack(Buffer.from(JSON.stringify({ data: [record], metadata })));
    return messageSchema().parse({
      v: 1,
      kind: 'received',
      via: 'poll',
      topic: 'page',
      storeId: 'co-main',
      correlationId: `aside-${id}`,
      receivedAt: Date.now(),
      payload,
    });
  };

  it('is shown without persons, sent again by the operator, and becomes rows', async () => {
    // Arrange
    const key = { platform: 'imotriz', storeId: 'co-main', platformOrderId: 'aside-1' };
    await outbox().setAside([pageOf('aside-1')], 'the queue refuses the message for good');

    // Act
    const listed = await ops('outbox', 'list', '--platform', 'imotriz');
    const retried = await json('outbox', 'retry', '--platform', 'imotriz');
    await shop.cloud.idle(20_000);
    const after = await ops('outbox', 'list');

    // Assert
    expect(listed).toMatchObject({ code: 1, out: expect.stringContaining('aside-aside-1') as string });
    expect(listed.out).not.toContain('Comprador');
    expect(retried).toMatchObject({ code: 0, said: { messages: [{ sent: true }] } });
    expect(after.code).toBe(0);
    expect(await shop.table.get(key)).toMatchObject({ state: 'ok' });
  });

  it('is deleted only when the operator says so twice', async () => {
    await outbox().setAside([pageOf('aside-2')], 'the queue refuses the message for good');
    const [kept] = await outbox().listAside();

    const careless = await ops('outbox', 'delete', kept!.id);
    const sure = await json('outbox', 'delete', kept!.id, '--yes');

    expect(careless).toMatchObject({ code: 2, err: expect.stringContaining('--yes') as string });
    expect(sure).toMatchObject({ code: 0, said: { deleted: 1 } });
    expect(await outbox().countAside()).toBe(0);
  });
});

/** One poll, not held back by the failures of the polls before it. */
async function readPage(): Promise<void> {
  await forget(pollBackoffKey({ platform: 'imotriz', storeId: 'co-main' }));
  await shop.poll();
  await shop.cloud.idle(20_000);
}

async function forget({ pk, sk }: ItemKey): Promise<void> {
  const { cloud } = shop;
  const client = new DynamoDBClient({
    region: cloud.region,
    endpoint: cloud.endpoint,
    credentials: cloud.adminCredentials,
  });
  await client.send(
    new DeleteItemCommand({
      TableName: cloud.tableName('Control/Table'),
      Key: { pk: { S: pk }, sk: { S: sk } },
    }),
  );
  client.destroy();
}
