import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gate } from '../../local/cloud/dynamodb/gate.ts';
import { clientOptions, startFixture, stopAll, table } from './fixture.ts';

let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;
let TableName: string;
let serial = 0;
/** A key that no other test uses. */
const newKey = () => ({ pk: `k${serial++}`, sk: 'row' });
const get = async (Key: object) =>
  (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;

beforeAll(async () => {
  const cloud = await startFixture({
    Main: {
      Resources: {
        Orders: table({
          AttributeDefinitions: ['pk', 'sk', 'state', 'at'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          })),
          GlobalSecondaryIndexes: [
            {
              IndexName: 'byState',
              KeySchema: [
                { AttributeName: 'state', KeyType: 'HASH' },
                { AttributeName: 'at', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
      },
    },
  });
  client = new DynamoDBClient(clientOptions(cloud));
  documents = DynamoDBDocumentClient.from(client);
  TableName = cloud.tableName('Orders');
});
afterAll(async () => {
  client.destroy();
  await stopAll();
});

describe('a failed condition', () => {
  const once = {
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;

  it.each(['put', 'update', 'delete'])('of a %s shows the item that failed it', async (kind) => {
    // Prepare
    const Key = newKey();
    await documents.send(new PutCommand({ TableName, Item: { ...Key, version: 7 } }));
    const marshalled = { pk: { S: Key.pk }, sk: { S: Key.sk } };
    const write = () => {
      if (kind === 'put') return client.send(new PutItemCommand({ TableName, Item: marshalled, ...once }));
      if (kind === 'delete')
        return client.send(new DeleteItemCommand({ TableName, Key: marshalled, ...once }));
      const update = { UpdateExpression: 'REMOVE version', ...once };
      return client.send(new UpdateItemCommand({ TableName, Key: marshalled, ...update }));
    };

    // Act
    const error: unknown = await write().catch((reason: unknown) => reason);

    // Assess
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ Item: { ...marshalled, version: { N: '7' } } });
  });

  it('shows nothing when it was not asked to, or there is no item', async () => {
    const Key = newKey();
    const write = (more: object) =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET a = :a',
          ConditionExpression: 'a = :b',
          ExpressionAttributeValues: { ':a': 1, ':b': 2 },
          ...more,
        }),
      );

    for (const more of [{}, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }]) {
      const error: unknown = await write(more).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
    }
  });

  it('always shows the very item it failed on, with many writers at once', async () => {
    // Prepare
    const Key = newKey();
    await documents.send(new PutCommand({ TableName, Item: { ...Key, version: 0 } }));
    const bump = async (expected: number): Promise<number> => {
      try {
        const { Attributes } = await documents.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET version = version + :one',
            ConditionExpression: 'version = :expected',
            ExpressionAttributeValues: { ':one': 1, ':expected': expected },
            ReturnValues: 'UPDATED_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return Number(Attributes?.version);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const seen = Number(
          error.Item?.version?.N ?? (error.Item as { version?: number } | undefined)?.version,
        );
        expect(seen).not.toBe(expected);
        return await bump(seen);
      }
    };

    // Act
    const results = await Promise.all(Array.from({ length: 20 }, () => bump(0)));

    // Assess
    expect(results.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });
});

describe('transactions', () => {
  it('write all or nothing, with a reason for each part', async () => {
    // Prepare
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

    // Assess
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { taken: { BOOL: true } } },
      ],
    });
    expect(await get(first)).toBeUndefined();
  });

  it('take back what they wrote when a later part cannot be carried out', async () => {
    // Prepare
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

    // Assess
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
    // Prepare
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

    // Assess
    expect((await client.send(new GetItemCommand({ TableName, Key }))).Item?.n).toEqual({ N: '1' });
    await expect(add('2')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it('check a condition without writing, refuse one item twice, and read together', async () => {
    // Prepare
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

    // Assess
    await expect(twice).rejects.toThrow(/multiple operations on one item/);
    const read = await documents.send(
      new TransactGetCommand({
        TransactItems: [one, other, newKey()].map((Key) => ({ Get: { TableName, Key } })),
      }),
    );
    expect(read.Responses?.map(({ Item }) => Item)).toEqual([one, other, undefined]);
  });

  it('are never seen half done', async () => {
    // Prepare
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

    // Assess
    for (const { Responses } of await Promise.all(reads)) {
      expect(Responses?.[0]?.Item?.n).toBe(Responses?.[1]?.Item?.n);
    }
  });
});

describe('what dynalite is trusted with', () => {
  it('keeps 38 digits, refuses 39, and trims zeros', async () => {
    // Prepare
    const Key = newKey();
    const put = (N: string) =>
      client.send(
        new PutItemCommand({ TableName, Item: { pk: { S: Key.pk }, sk: { S: Key.sk }, n: { N } } }),
      );
    const digits = '1234567890123456789012345678901234567.8';

    // Act
    await put(digits);

    // Assess
    const read = () =>
      client.send(new GetItemCommand({ TableName, Key: { pk: { S: Key.pk }, sk: { S: Key.sk } } }));
    expect((await read()).Item?.n).toEqual({ N: digits });
    await expect(put(`${digits}9`)).rejects.toThrow(/38 significant digits/);
    await put('0010.500');
    expect((await read()).Item?.n).toEqual({ N: '10.5' });
  });

  it('returns what was updated, new or old', async () => {
    // Prepare
    const Key = newKey();
    await documents.send(new PutCommand({ TableName, Item: { ...Key, a: 1, b: { c: [1, 2] } } }));
    const update = (ReturnValues: 'UPDATED_NEW' | 'ALL_OLD' | 'ALL_NEW') =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET a = a + :one, d = if_not_exists(d, :one)',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues,
        }),
      );

    // Assess
    expect((await update('UPDATED_NEW')).Attributes).toEqual({ a: 2, d: 1 });
    expect((await update('ALL_OLD')).Attributes).toEqual({ ...Key, a: 2, b: { c: [1, 2] }, d: 1 });
    expect((await update('ALL_NEW')).Attributes).toEqual({ ...Key, a: 4, b: { c: [1, 2] }, d: 1 });
  });

  it('keeps an index: sorted, sparse, paged, and without rows that left it', async () => {
    // Prepare
    const rows = ['03', '01', '02'].map((at) => ({
      ...newKey(),
      state: 'attention',
      at,
      extra: 'not in the index',
    }));
    await documents.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: [...rows, newKey()].map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
    const query = (more: object) =>
      documents.send(
        new QueryCommand({
          TableName,
          IndexName: 'byState',
          KeyConditionExpression: '#s = :s',
          ExpressionAttributeNames: { '#s': 'state' },
          ExpressionAttributeValues: { ':s': 'attention' },
          ...more,
        }),
      );

    // Act
    await documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk: rows[0]!.pk, sk: 'row' },
        UpdateExpression: 'REMOVE #s',
        ExpressionAttributeNames: { '#s': 'state' },
      }),
    );
    const first = await query({ Limit: 1 });
    const rest = await query({ ExclusiveStartKey: first.LastEvaluatedKey });

    // Assess
    expect(first.Items).toEqual([{ pk: rows[1]!.pk, sk: 'row', state: 'attention', at: '01' }]);
    expect(rest.Items?.map(({ at }) => at)).toEqual(['02']);
    expect(rest.LastEvaluatedKey).toBeUndefined();
  });

  it('reads many at once', async () => {
    const keys = [newKey(), newKey()];
    for (const Item of keys) await documents.send(new PutCommand({ TableName, Item }));

    const { Responses } = await documents.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [...keys, newKey()] } } }),
    );

    expect(Responses?.[TableName]).toHaveLength(2);
    expect(Responses?.[TableName]).toEqual(expect.arrayContaining(keys));
  });

  it('refuses items over 400 KB', async () => {
    const put = documents.send(
      new PutCommand({ TableName, Item: { ...newKey(), text: 'x'.repeat(410_000) } }),
    );

    await expect(put).rejects.toThrow(/Item size has exceeded/);
  });
});

describe('the gate', () => {
  it('keeps works on one item apart and gives a lone work everything', async () => {
    // Prepare
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

    // Assess
    expect(log).toEqual(
      ['x1', 'x2', 'alone', 'x3', 'x4'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });
});
