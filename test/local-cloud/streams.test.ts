import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { clientOptions, startFixture, stopAll, table } from './fixture.ts';
import { callStreams, recordsOf, streamArn, streamed } from './stream-fixture.ts';

let cloud: Cloud;
let documents: DynamoDBDocumentClient;
let TableName: string;
let serial = 0;
beforeAll(async () => {
  const viewed = (StreamViewType: string) => streamed({ StreamSpecification: { StreamViewType } });
  cloud = await startFixture(
    {
      Main: {
        Resources: {
          Orders: streamed(),
          Plain: table(),
          KeysOnly: viewed('KEYS_ONLY'),
          NewImage: viewed('NEW_IMAGE'),
          OldImage: viewed('OLD_IMAGE'),
        },
        Outputs: { StreamArn: { Value: streamArn('Orders') } },
      },
    },
    {},
    { streamShards: 3 },
  );
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(cloud)));
  TableName = cloud.tableName('Orders');
});
afterAll(async () => {
  documents.destroy();
  await stopAll();
});

/** A key that no other test uses. */
const newKey = () => ({ pk: `k${serial++}`, sk: 'row' });
const put = (Item: Record<string, unknown>, more: object = {}) =>
  documents.send(new PutCommand({ TableName, Item, ...more }));
const update = (Key: Record<string, string>, expression: string, value: unknown) =>
  documents.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: expression,
      ExpressionAttributeValues: { ':v': value },
    }),
  );
const remove = (Key: Record<string, string>) => documents.send(new DeleteCommand({ TableName, Key }));
/** The records of one item, in order. */
const recordsFor = async ({ pk }: { pk: string }, ref = 'Orders') =>
  (await recordsOf(cloud, ref))
    .flat()
    .filter(({ dynamodb }) => dynamodb.Keys.pk === undefined || same(dynamodb.Keys.pk, pk));
const same = (attribute: unknown, text: string) => JSON.stringify(attribute) === JSON.stringify({ S: text });
const names = (records: { eventName: string }[]) => records.map(({ eventName }) => eventName);

describe('the stream of a table', () => {
  it('shows each write of an item with what was there before and after, in order', async () => {
    // Arrange
    const key = newKey();
    const keys = { pk: { S: key.pk }, sk: { S: 'row' } };

    // Act
    await put({ ...key, n: 1 });
    await update(key, 'SET n = n + :v', 1);
    await remove(key);

    // Assert
    const records = await recordsFor(key);
    expect(
      records.map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) => ({
        eventName,
        Keys,
        OldImage,
        NewImage,
      })),
    ).toEqual([
      { eventName: 'INSERT', Keys: keys, NewImage: { ...keys, n: { N: '1' } } },
      {
        eventName: 'MODIFY',
        Keys: keys,
        OldImage: { ...keys, n: { N: '1' } },
        NewImage: { ...keys, n: { N: '2' } },
      },
      { eventName: 'REMOVE', Keys: keys, OldImage: { ...keys, n: { N: '2' } } },
    ]);
  });

  it('has records of the form of the API', async () => {
    const key = newKey();
    const before = Math.floor(Date.now() / 1000);

    await put(key);

    const [record] = await recordsFor(key);
    expect(record).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: cloud.region,
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { pk: { S: key.pk }, sk: { S: 'row' } },
        NewImage: { pk: { S: key.pk }, sk: { S: 'row' } },
        SequenceNumber: expect.stringMatching(/^\d{21,40}$/),
        SizeBytes: 2 * (4 + key.pk.length + 3),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    const seconds = record!.dynamodb.ApproximateCreationDateTime;
    expect(Number.isInteger(seconds) && seconds >= before && seconds <= before + 5).toBe(true);
  });

  it('has no record of a write that changes nothing', async () => {
    // Arrange
    const key = newKey();
    await put({ ...key, n: 1, tags: new Set(['a', 'b']) });

    // Act
    await put({ ...key, tags: new Set(['b', 'a']), n: 1 });
    await update(key, 'SET n = :v', 1);
    await remove(newKey());

    // Assert
    expect(names(await recordsFor(key))).toEqual(['INSERT']);
  });

  it('has no record of a write whose condition failed', async () => {
    const key = newKey();
    await put(key);

    const refused = put({ ...key, n: 2 }, { ConditionExpression: 'attribute_not_exists(pk)' });

    await expect(refused).rejects.toThrow('The conditional request failed');
    expect(names(await recordsFor(key))).toEqual(['INSERT']);
  });

  it('has a record of each item of a batch', async () => {
    // Arrange
    const [known, fresh] = [newKey(), newKey()];
    await put(known);

    // Act
    const RequestItems = {
      [TableName]: [{ DeleteRequest: { Key: known } }, { PutRequest: { Item: { ...fresh, n: 1 } } }],
      [cloud.tableName('Plain')]: [{ PutRequest: { Item: fresh } }],
    };
    await documents.send(new BatchWriteCommand({ RequestItems }));

    // Assert
    expect(names(await recordsFor(known))).toEqual(['INSERT', 'REMOVE']);
    expect(names(await recordsFor(fresh))).toEqual(['INSERT']);
  });

  it('has a record of each item that a transaction changes, and none of one that was cancelled', async () => {
    // Arrange
    const [a, b, c] = [newKey(), newKey(), newKey()];
    const transact = (
      ...TransactItems: Exclude<
        ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems'],
        undefined
      >
    ) => documents.send(new TransactWriteCommand({ TransactItems }));

    // Act
    await transact(
      { Put: { TableName, Item: { ...a, n: 1 } } },
      {
        Update: { TableName, Key: b, UpdateExpression: 'SET n = :v', ExpressionAttributeValues: { ':v': 1 } },
      },
      { ConditionCheck: { TableName, Key: c, ConditionExpression: 'attribute_not_exists(pk)' } },
    );
    const cancelled = transact(
      { Delete: { TableName, Key: a } },
      { ConditionCheck: { TableName, Key: c, ConditionExpression: 'attribute_exists(pk)' } },
    );

    // Assert
    await expect(cancelled).rejects.toThrow('Transaction cancelled');
    expect([names(await recordsFor(a)), names(await recordsFor(b)), names(await recordsFor(c))]).toEqual([
      ['INSERT'],
      ['INSERT'],
      [],
    ]);
  });

  it('spreads partition keys over its shards and keeps all items of one in one, in order', async () => {
    // Arrange
    const partitions = Array.from({ length: 30 }, (_, index) => `spread${index}`);

    // Act
    for (const n of [1, 2, 3]) {
      await Promise.all(partitions.map((pk) => put({ pk, sk: `row${n % 2}`, n })));
    }

    // Assert
    const shards = (await recordsOf(cloud, 'Orders')).map((records) =>
      records.filter(({ dynamodb }) => JSON.stringify(dynamodb.Keys.pk).includes('spread')),
    );
    expect(shards.filter((records) => records.length > 0)).toHaveLength(3);
    for (const pk of partitions) {
      const own = shards.map((records) => records.filter(({ dynamodb }) => same(dynamodb.Keys.pk, pk)));
      expect(
        own
          .filter((records) => records.length > 0)
          .map((records) => records.map(({ dynamodb }) => dynamodb.NewImage!.n)),
      ).toEqual([[{ N: '1' }, { N: '2' }, { N: '3' }]]);
    }
  });

  it('numbers the records of a shard upwards, as numbers and not as texts', async () => {
    const key = newKey();
    for (let n = 0; n < 12; n += 1) await put({ ...key, n });

    const numbers = (await recordsFor(key)).map(({ dynamodb }) => dynamodb.SequenceNumber);
    const sorted = [...numbers].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1));

    expect(numbers).toEqual(sorted);
    expect(new Set(numbers).size).toBe(12);
  });

  it.each([
    ['KeysOnly', {}],
    ['NewImage', { NewImage: { n: { N: '2' } } }],
    ['OldImage', { OldImage: { n: { N: '1' } } }],
  ])('shows what its view type says: %s', async (ref, images) => {
    const key = newKey();
    const Table = { TableName: cloud.tableName(ref) };
    for (const n of [1, 2]) await documents.send(new PutCommand({ ...Table, Item: { ...key, n } }));

    const changed = (await recordsFor(key, ref))[1]!.dynamodb;

    const shown = Object.fromEntries(Object.entries(changed).filter(([name]) => name.endsWith('Image')));
    expect(shown).toEqual(
      Object.fromEntries(
        Object.entries(images).map(([name, image]) => [
          name,
          { pk: { S: key.pk }, sk: { S: 'row' }, ...image },
        ]),
      ),
    );
  });

  it('has an address that the template and the table name', async () => {
    const described = await documents.send(new DescribeTableCommand({ TableName }));

    expect(cloud.outputs.StreamArn).toMatch(
      /^arn:aws:dynamodb:.*:table\/Main-Orders-\w+\/stream\/2026-01-01T00:00:00\.000$/,
    );
    expect(described.Table?.LatestStreamArn).toBe(cloud.outputs.StreamArn);
    expect(described.Table?.StreamSpecification).toEqual({
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
  });

  it('can be read from behind a record on', async () => {
    // Arrange
    const key = newKey();
    for (const n of [1, 2, 3]) await put({ ...key, n });
    const StreamArn = cloud.outputs.StreamArn;
    const shards = await recordsOf(cloud, 'Orders');
    const shard = shards.findIndex((records) =>
      records.some(({ dynamodb }) => same(dynamodb.Keys.pk, key.pk)),
    );
    const { StreamDescription } = await callStreams<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      cloud,
      'DescribeStream',
      { StreamArn },
    );
    const [, second] = await recordsFor(key);

    // Act
    const { ShardIterator } = await callStreams<{ ShardIterator: string }>(cloud, 'GetShardIterator', {
      StreamArn,
      ShardId: StreamDescription.Shards[shard]!.ShardId,
      ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
      SequenceNumber: second!.dynamodb.SequenceNumber,
    });
    const { Records } = await callStreams<{ Records: { dynamodb: { NewImage: unknown } }[] }>(
      cloud,
      'GetRecords',
      { ShardIterator, Limit: 1 },
    );

    // Assert
    expect(Records.map(({ dynamodb }) => dynamodb.NewImage)).toEqual([
      { pk: { S: key.pk }, sk: { S: 'row' }, n: { N: '3' } },
    ]);
  });
});
