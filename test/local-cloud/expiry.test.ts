import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { clientOptions, startFixture, stopAll } from './fixture.ts';
import { recordsOf, streamed } from './stream-fixture.ts';

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
const DAY_S = 86_400;
const now = Math.floor(Date.now() / 1000);

let cloud: Cloud;
let documents: DynamoDBDocumentClient;
let TableName: string;
beforeAll(async () => {
  cloud = await startFixture(
    {
      Main: {
        Resources: {
          Items: streamed({
            AttributeDefinitions: [text('pk'), text('sk'), text('state')],
            GlobalSecondaryIndexes: [
              {
                IndexName: 'byState',
                KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
                Projection: { ProjectionType: 'ALL' },
              },
            ],
            TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          }),
        },
      },
    },
    {},
    { streamShards: 1 },
  );
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(cloud)));
  TableName = cloud.tableName('Items');
});
afterAll(async () => {
  documents.destroy();
  await stopAll();
});

const put = (Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName, Item }));
const keys = async () => {
  const { Items = [] } = await documents.send(new ScanCommand({ TableName }));
  return Items.map(({ pk }) => pk).sort();
};

describe('expiry', () => {
  afterEach(async () => {
    for (const pk of await keys())
      await documents.send(new DeleteCommand({ TableName, Key: { pk, sk: 'row' } }));
  });

  it('deletes what has expired, and nothing that has not, is no number or is older than five years', async () => {
    // Arrange
    await put({ pk: 'past', sk: 'row', expiresAt: now - 60 });
    await put({ pk: 'future', sk: 'row', expiresAt: now + DAY_S });
    await put({ pk: 'text', sk: 'row', expiresAt: String(now - 60) });
    await put({ pk: 'never', sk: 'row' });
    await put({ pk: 'ancient', sk: 'row', expiresAt: now - 6 * 365 * DAY_S });

    // Act
    const before = await keys();
    const count = await cloud.expire();

    // Assert
    expect(before).toContain('past');
    expect(count).toBe(1);
    expect(await keys()).toEqual(['ancient', 'future', 'never', 'text']);
  });

  it('can be done as of another time', async () => {
    await put({ pk: 'tomorrow', sk: 'row', expiresAt: now + DAY_S });

    await cloud.expire({ at: (now + DAY_S) * 1000 });

    expect(await keys()).toEqual([]);
  });

  it('is in the stream as a deletion by the service', async () => {
    await put({ pk: 'streamed', sk: 'row', expiresAt: now - 60 });
    await cloud.expire();

    const record = (await recordsOf(cloud, 'Items')).flat().at(-1)!;

    expect(record).toMatchObject({
      eventName: 'REMOVE',
      dynamodb: { OldImage: { pk: { S: 'streamed' } } },
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    });
  });

  it('has nobody named in the deletion of a person', async () => {
    await put({ pk: 'own', sk: 'row' });
    await documents.send(new DeleteCommand({ TableName, Key: { pk: 'own', sk: 'row' } }));

    const record = (await recordsOf(cloud, 'Items')).flat().at(-1)!;

    expect(record.eventName).toBe('REMOVE');
    expect(record).not.toHaveProperty('userIdentity');
  });

  it('goes in a drawn order when asked to', async () => {
    // Arrange
    const all = Array.from({ length: 12 }, (_, index) => `drawn${String(index).padStart(2, '0')}`);
    for (const pk of all) await put({ pk, sk: 'row', expiresAt: now - 60 });
    const random = createSeededRandom(7);

    // Act
    await cloud.expire({ random: () => random.next() });

    // Assert
    const records = (await recordsOf(cloud, 'Items')).flat().slice(-12);
    const order = records.map(({ dynamodb }) => Object.values(dynamodb.Keys.pk as object)[0] as string);
    expect([...order].sort()).toEqual(all);
    expect(order).not.toEqual(all);
  });
});

describe('a late index', () => {
  const queried = async (state: string) => {
    const { Items = [] } = await documents.send(
      new QueryCommand({
        TableName,
        IndexName: 'byState',
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': state },
      }),
    );
    return Items.map(({ pk }) => pk).sort();
  };

  it('is up to date until somebody lets it lag', async () => {
    await put({ pk: 'known', sk: 'row', state: 'open' });

    expect(await queried('open')).toEqual(['known']);
  });

  it('misses what was written lately, while the table has it', async () => {
    // Arrange
    await put({ pk: 'known', sk: 'row', state: 'open' });
    await cloud.lagIndexes(60_000);

    // Act
    await put({ pk: 'new', sk: 'row', state: 'open' });
    await put({ pk: 'known', sk: 'row', state: 'closed' });

    // Assert
    expect([await queried('open'), await queried('closed')]).toEqual([['known'], []]);
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { pk: 'known', sk: 'row' } }));
    expect(Item?.state).toBe('closed');
  });

  it('knows everything once its lag is over', async () => {
    // Arrange
    await cloud.lagIndexes(() => 1500);
    await put({ pk: 'soon', sk: 'row', state: 'waiting' });
    await documents.send(new DeleteCommand({ TableName, Key: { pk: 'known', sk: 'row' } }));

    const immediately = await queried('waiting');

    // Assert
    expect(immediately).toEqual([]);
    await expect.poll(() => queried('waiting'), { timeout: 20_000 }).toEqual(['soon']);
    await expect.poll(() => queried('closed'), { timeout: 20_000 }).toEqual([]);
  });

  it('is up to date again when its lag is taken away', async () => {
    await cloud.lagIndexes(60_000);
    await put({ pk: 'hidden', sk: 'row', state: 'shown' });
    const late = await queried('shown');

    await cloud.lagIndexes(0);

    expect([late, await queried('shown')]).toEqual([[], ['hidden']]);
  });

  it('lies in no table that anybody sees', async () => {
    const { TableNames } = await documents.send(new ListTablesCommand({}));

    expect(TableNames).toEqual([TableName]);
  });
});
