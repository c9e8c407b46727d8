import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type ItemKey, orderPk, pollBackoffKey } from '../../functions/storage/keys.ts';
import { deployedShop } from '../support/deployment.ts';

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
    ['data-object', 'broken-envelope'],
    ['metadata-missing', 'broken-envelope'],
    ['negative-pending', 'broken-envelope'],
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
