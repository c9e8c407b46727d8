import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopAll } from './fixture.ts';
import { startTable } from './table-fixture.ts';

let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;
let TableName: string;
let newKey: () => { pk: string; sk: string };
beforeAll(async () => {
  ({ client, documents, TableName, newKey } = await startTable());
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
    // Arrange
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

    // Assert
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
    // Arrange
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

    // Assert
    expect(results.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });
});

describe('what dynalite is trusted with', () => {
  it('keeps 38 digits, refuses 39, and trims zeros', async () => {
    // Arrange
    const Key = newKey();
    const put = (N: string) =>
      client.send(
        new PutItemCommand({ TableName, Item: { pk: { S: Key.pk }, sk: { S: Key.sk }, n: { N } } }),
      );
    const digits = '1234567890123456789012345678901234567.8';

    // Act
    await put(digits);

    // Assert
    const read = () =>
      client.send(new GetItemCommand({ TableName, Key: { pk: { S: Key.pk }, sk: { S: Key.sk } } }));
    expect((await read()).Item?.n).toEqual({ N: digits });
    await expect(put(`${digits}9`)).rejects.toThrow(/38 significant digits/);
    await put('0010.500');
    expect((await read()).Item?.n).toEqual({ N: '10.5' });
  });

  it('returns what was updated, new or old', async () => {
    // Arrange
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

    // Assert
    expect((await update('UPDATED_NEW')).Attributes).toEqual({ a: 2, d: 1 });
    expect((await update('ALL_OLD')).Attributes).toEqual({ ...Key, a: 2, b: { c: [1, 2] }, d: 1 });
    expect((await update('ALL_NEW')).Attributes).toEqual({ ...Key, a: 4, b: { c: [1, 2] }, d: 1 });
  });

  it('keeps an index: sorted, sparse, paged, and without rows that left it', async () => {
    // Arrange
    const rows = ['03', '01', '02'].map((at) => ({
      ...newKey(),
      state: 'needs-review',
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
          ExpressionAttributeValues: { ':s': 'needs-review' },
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

    // Assert
    expect(first.Items).toEqual([{ pk: rows[1]!.pk, sk: 'row', state: 'needs-review', at: '01' }]);
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

  it.each([
    ['text', 'x'.repeat(410_000)],
    ['text that is longer in UTF-8', 'ñ'.repeat(210_000)],
    ['a list of emoji', Array.from({ length: 110_000 }, () => '😀')],
  ])('refuses items over 400 KB: %s', async (_, text) => {
    const put = documents.send(new PutCommand({ TableName, Item: { ...newKey(), text } }));

    await expect(put).rejects.toThrow(/Item size has exceeded/);
  });

  it('refuses an update that makes an item larger than 400 KB, and leaves it as it was', async () => {
    // Arrange
    const Key = newKey();
    await documents.send(new PutCommand({ TableName, Item: { ...Key, first: 'ñ'.repeat(150_000) } }));

    // Act
    const update = documents.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #second = :text',
        ExpressionAttributeNames: { '#second': 'second' },
        ExpressionAttributeValues: { ':text': 'ñ'.repeat(150_000) },
      }),
    );

    // Assert
    await expect(update).rejects.toThrow(/Item size to update has exceeded/);
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: { pk: { S: Key.pk }, sk: { S: Key.sk } } }),
    );
    expect(Object.keys(Item ?? {}).sort()).toEqual(['first', 'pk', 'sk']);
  });

  it('takes an item of just under 400 KB', async () => {
    const Item = { ...newKey(), text: 'ñ'.repeat(204_700) };

    await expect(documents.send(new PutCommand({ TableName, Item }))).resolves.toBeDefined();
  });
});

describe('the capacity that a write takes', () => {
  const state = { state: 'needs-review', at: '01' };
  const ReturnConsumedCapacity = 'INDEXES';

  it('has the index that an update moves its item in', async () => {
    // Arrange
    const Key = newKey();
    await documents.send(new PutCommand({ TableName, Item: { ...Key, ...state } }));

    // Act
    const { ConsumedCapacity } = await documents.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #at = :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':at': '02' },
        ReturnConsumedCapacity,
      }),
    );

    // Assert
    expect(ConsumedCapacity).toEqual({
      TableName,
      CapacityUnits: 3,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { byState: { CapacityUnits: 2 } },
    });
  });

  it('has each index that a batch puts items in', async () => {
    const Items = [{ ...newKey(), ...state }, newKey()];

    const { ConsumedCapacity } = await documents.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: Items.map((Item) => ({ PutRequest: { Item } })) },
        ReturnConsumedCapacity,
      }),
    );

    expect(ConsumedCapacity).toMatchObject([
      { CapacityUnits: 3, GlobalSecondaryIndexes: { byState: { CapacityUnits: 1 } } },
    ]);
  });

  it('is told to nobody who has not asked', async () => {
    const written = await documents.send(new PutCommand({ TableName, Item: { ...newKey(), ...state } }));

    expect(written.ConsumedCapacity).toBeUndefined();
  });
});
