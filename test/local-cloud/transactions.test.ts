import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gate } from '../../local/cloud/dynamodb/gate.ts';
import { stopAll } from './fixture.ts';
import { startTable } from './table-fixture.ts';

let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;
let TableName: string;
let newKey: () => { pk: string; sk: string };
let get: (key: object) => Promise<Record<string, unknown> | undefined>;
beforeAll(async () => {
  ({ client, documents, TableName, newKey, get } = await startTable());
});
afterAll(async () => {
  client.destroy();
  await stopAll();
});

describe('transactions', () => {
  it('write all or nothing, with a reason for each part', async () => {
    // Arrange
    const [first, second] = [newKey(), newKey()];
    await documents.send(new PutCommand({ TableName, Item: { ...second, taken: true } }));
    const write = () =>
      documents.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName, Item: { ...first, a: 1 } } },
            {
              Update: {
                TableName,
                Key: second,
                UpdateExpression: 'SET taken = :true',
                ConditionExpression: 'attribute_not_exists(taken)',
                ExpressionAttributeValues: { ':true': true },
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      );

    // Act
    const error: unknown = await write().catch((reason: unknown) => reason);

    // Assert
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { taken: { BOOL: true } } },
      ],
    });
    expect(await get(first)).toBeUndefined();
  });

  it('tell what they took: twice the table, an item that was only looked at too, and once the index', async () => {
    // Arrange
    const [put, seen] = [newKey(), newKey()];
    await documents.send(new PutCommand({ TableName, Item: { ...seen, state: 'waiting', at: '01' } }));

    // Act
    const { ConsumedCapacity } = await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { ...put, state: 'waiting', at: '02' } } },
          { ConditionCheck: { TableName, Key: seen, ConditionExpression: 'attribute_exists(pk)' } },
        ],
        ReturnConsumedCapacity: 'INDEXES',
      }),
    );

    // Assert
    expect(ConsumedCapacity).toEqual([
      {
        TableName,
        CapacityUnits: 5,
        Table: { CapacityUnits: 4 },
        GlobalSecondaryIndexes: { byState: { CapacityUnits: 1 } },
      },
    ]);
  });

  it('take back what they wrote when a later part cannot be carried out', async () => {
    // Arrange
    const [fresh, changed, text] = [newKey(), newKey(), newKey()];
    await documents.send(new PutCommand({ TableName, Item: { ...changed, n: 1 } }));
    await documents.send(new PutCommand({ TableName, Item: { ...text, n: 'text' } }));
    const add = (Key: object) => ({
      Update: {
        TableName,
        Key,
        UpdateExpression: 'SET n = n + :one',
        ExpressionAttributeValues: { ':one': 1 },
      },
    });

    // Act
    const TransactItems = [{ Put: { TableName, Item: fresh } }, add(changed), add(text)];
    const error: unknown = await documents
      .send(new TransactWriteCommand({ TransactItems }))
      .catch((reason) => reason);

    // Assert
    expect(error).toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ValidationError' }],
    });
    expect([await get(fresh), await get(changed), await get(text)]).toEqual([
      undefined,
      { ...changed, n: 1 },
      { ...text, n: 'text' },
    ]);
  });

  it('are carried out once per client token, and refuse the token for another request', async () => {
    // Arrange
    const Key = { pk: { S: newKey().pk }, sk: { S: 'row' } };
    const add = (n: string) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: `token-${Key.pk.S}`,
          TransactItems: [
            {
              Update: {
                TableName,
                Key,
                UpdateExpression: 'ADD n :n',
                ExpressionAttributeValues: { ':n': { N: n } },
              },
            },
          ],
        }),
      );

    // Act
    await add('1');
    await add('1');

    // Assert
    expect((await client.send(new GetItemCommand({ TableName, Key }))).Item?.n).toEqual({ N: '1' });
    await expect(add('2')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it('check a condition without writing, refuse one item twice, and read together', async () => {
    // Arrange
    const [one, other] = [newKey(), newKey()];
    const check = { ConditionCheck: { TableName, Key: one, ConditionExpression: 'attribute_exists(pk)' } };
    await documents.send(new PutCommand({ TableName, Item: one }));

    // Act
    await documents.send(
      new TransactWriteCommand({ TransactItems: [check, { Put: { TableName, Item: other } }] }),
    );
    const twice = documents.send(
      new TransactWriteCommand({ TransactItems: [check, { Delete: { TableName, Key: one } }] }),
    );

    // Assert
    await expect(twice).rejects.toThrow(/multiple operations on one item/);
    const read = await documents.send(
      new TransactGetCommand({
        TransactItems: [one, other, newKey()].map((Key) => ({ Get: { TableName, Key } })),
      }),
    );
    expect(read.Responses?.map(({ Item }) => Item)).toEqual([one, other, undefined]);
  });

  it('are never seen half done', async () => {
    // Arrange
    const [one, other] = [newKey(), newKey()];
    const set = (n: number) => {
      const put = (Key: object) => ({ Put: { TableName, Item: { ...Key, n } } });
      return documents.send(new TransactWriteCommand({ TransactItems: [put(one), put(other)] }));
    };
    await set(0);

    // Act
    const reads = Array.from({ length: 15 }, async (_, n) => {
      await set(n);
      return await documents.send(
        new TransactGetCommand({ TransactItems: [one, other].map((Key) => ({ Get: { TableName, Key } })) }),
      );
    });

    // Assert
    for (const { Responses } of await Promise.all(reads)) {
      expect(Responses?.[0]?.Item?.n).toBe(Responses?.[1]?.Item?.n);
    }
  });
});

describe('the gate', () => {
  it('keeps works on one item apart and gives a lone work everything', async () => {
    // Arrange
    const gate = new Gate();
    const log: string[] = [];
    const step = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
    };

    // Act
    await Promise.all([
      gate.shared('x', step('x1')),
      gate.shared('x', step('x2')),
      gate.alone(step('alone')),
      gate.shared('x', step('x3')),
      gate.alone(() => Promise.reject(new Error('fails'))).catch(() => {}),
      gate.shared('x', step('x4')),
    ]);

    // Assert
    expect(log).toEqual(
      ['x1', 'x2', 'alone', 'x3', 'x4'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });
});
