import { DeleteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { OrderLine } from '../../functions/domain/order.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { linesPrefix, orderPk, orderRowKey } from '../../functions/storage/keys.ts';
import { UnstorableRow } from '../../functions/storage/order-lines.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { localTables } from '../support/local-tables.ts';
import { rowOf } from './samples.ts';

const tables = localTables();
const store = () => createOrderStore(tables.client, tables.table);

const NAME =
  'Invented article whose name is long: size M, blue, of organic cotton, with a pocket, for all seasons, '.repeat(
    4,
  );
const linesOf = (count: number, name = NAME): OrderLine[] =>
  Array.from({ length: count }, (_, index) => ({
    lineId: `line-${index}`,
    productId: `product-${index}`,
    sku: `SKU-${index}`,
    name,
    quantity: 1,
    unit: 'unit',
    unitPrice: 1000 + index,
    total: 1000 + index,
  }));

/** A row of so many lines. */
function large(id: string, lines: OrderLine[], change: Partial<OrderRow> = {}): OrderRow {
  const row = rowOf(id, change);
  return { ...row, order: { ...row.order!, lines } };
}

/** Sort keys of an order's items of lines. */
async function copies(row: OrderRow): Promise<string[]> {
  const { Items = [] } = await tables.client.send(
    new QueryCommand({
      TableName: tables.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lines)',
      ExpressionAttributeValues: { ':pk': orderPk(row), ':lines': linesPrefix() },
    }),
  );
  return Items.map(({ sk }) => String(sk));
}
const revisions = async (row: OrderRow) => [
  ...new Set((await copies(row)).map((sk) => Number(sk.split('#')[1]))),
];

describe('a row with more lines than one item holds', () => {
  it.each([1000, 3000])('is read as it was written: %i lines', async (count) => {
    const row = large(`whole-${count}`, linesOf(count));

    await store().put(row, 0);

    const { linesAside, ...read } = (await store().get(row))!;
    expect(read).toEqual(row);
    expect(linesAside).toMatchObject({ lines: count });
  });

  it('tells who reads the item alone where its lines are', async () => {
    const row = large('alone', linesOf(1000));

    await store().put(row, 0);

    const { Item } = await tables.client.send(
      new GetCommand({ TableName: tables.table, Key: orderRowKey(row) }),
    );
    expect(Item).toMatchObject({ order: { lines: [] }, linesAside: { lines: 1000, revision: 1 } });
  });

  it('keeps its lines where they are when the rest of it changes', async () => {
    const row = large('rest', linesOf(1000));
    await store().put(row, 0);
    const before = await copies(row);
    const read = (await store().get(row))!;

    await store().put({ ...read, revision: 2, correlationId: 'c-2' }, 1);

    expect(await copies(row)).toEqual(before);
    expect((await store().get(row))?.order?.lines).toHaveLength(1000);
  });

  it('leaves nothing behind of the lines that it had before', async () => {
    const row = large('changed', linesOf(1000));
    await store().put(row, 0);
    const read = (await store().get(row))!;

    await store().put({ ...large('changed', linesOf(900)), linesAside: read.linesAside, revision: 2 }, 1);

    expect(await revisions(row)).toEqual([2]);
    expect((await store().get(row))?.order?.lines).toHaveLength(900);
  });

  it('leaves no lines behind once they fit the row', async () => {
    const row = large('shrunk', linesOf(1000));
    await store().put(row, 0);
    const read = (await store().get(row))!;

    await store().put({ ...large('shrunk', linesOf(2)), linesAside: read.linesAside, revision: 2 }, 1);

    expect(await copies(row)).toEqual([]);
    expect(await store().get(row)).toEqual({ ...large('shrunk', linesOf(2)), revision: 2 });
  });

  it('is never read without its lines, however many write it at once', async () => {
    // Arrange
    const row = large('raced', linesOf(900));
    await store().put(row, 0);
    const write = async (writer: number): Promise<void> => {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const read = (await store().get(row))!;
        const lines = linesOf(900 + writer, `${NAME} ${writer}`);
        const next = { ...read, order: { ...read.order!, lines }, revision: read.revision + 1 };
        if (await store().put(next, read.revision)) return;
      }
    };

    // Act
    await Promise.all([1, 2, 3, 4].map(write));

    // Assert
    const read = (await store().get(row))!;
    expect(read.order?.lines).toHaveLength(read.linesAside!.lines);
    expect(await revisions(row)).toEqual([read.linesAside!.revision]);
  });

  it('is an error to read when its lines are gone, and not an order without any', async () => {
    const row = large('gone', linesOf(1000));
    await store().put(row, 0);
    const [sk] = await copies(row);
    await tables.client.send(
      new DeleteCommand({ TableName: tables.table, Key: { pk: orderPk(row), sk: sk ?? '' } }),
    );

    await expect(store().get(row)).rejects.toThrow('shop#s#order#gone: its row names lines');
  });

  it('is removed with its lines', async () => {
    const row = large('removed-large', linesOf(1000));
    await store().put(row, 0);

    await store().remove(row);

    expect(await copies(row)).toEqual([]);
  });
});

describe('a row that no item and no lines of its own can hold', () => {
  it.each([
    ['a line', large('text', linesOf(1, 'x'.repeat(500_000)))],
    ['its rest', { ...large('rest-large', linesOf(2)), personal: { note: 'x'.repeat(500_000) } }],
    ['what has no lines', { ...rowOf('none'), personal: { note: 'ñ'.repeat(210_000) } }],
  ])('for %s is refused for its size, before anything is written', async (_, row) => {
    const error: unknown = await store()
      .put(row, 0)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(UnstorableRow);
    expect(error).toMatchObject({ reason: 'too-large', message: expect.stringMatching(/bytes|400 KB/) });
    expect(await copies(row)).toEqual([]);
  });

  it.each([1e16, 1e200, 1e-200])(
    'for a number beyond the table (%d) is refused with its place',
    async (quantity) => {
      const row = large(`number-${quantity}`, [{ ...linesOf(1)[0]!, quantity }]);

      await expect(store().put(row, 0)).rejects.toMatchObject({
        name: 'UnstorableRow',
        reason: 'schema-mismatch',
        message: expect.stringContaining('order.lines.0.quantity') as string,
      });
    },
  );
});

describe('an ordinary row', () => {
  it('costs one read and one write', async () => {
    const sent: string[] = [];
    const client = Object.create(tables.client) as typeof tables.client;
    client.send = ((command: object) => {
      sent.push(command.constructor.name);
      return tables.client.send(command as GetCommand);
    }) as typeof tables.client.send;
    const orders = createOrderStore(client, tables.table);
    const row = large('ordinary', linesOf(40));

    await orders.put(row, 0);
    await orders.get(row);

    expect(sent).toEqual(['PutCommand', 'GetCommand']);
  });
});
