import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import type { StreamRecord } from '../../local/cloud/streams/record.ts';
import {
  allow,
  arnOf,
  clientOptions,
  type FixtureResource,
  lambda,
  queue,
  role,
  startFixture,
  stopAll,
  table,
} from './fixture.ts';
import { STREAM_READING, streamArn, streamed, streamMapping } from './stream-fixture.ts';

/** Fails what is called `bad` a few times, and a batch with `throw` in it as a whole. */
const follower = `
  let failures = 0;
  exports.handler = async ({ Records }) => {
    const keys = Records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
    console.log(JSON.stringify({ keys, first: Records[0] }));
    if (keys.some((key) => key.startsWith('throw'))) throw new Error('whole batch');
    const bad = Records.filter(({ dynamodb }) => dynamodb.Keys.pk.S === 'bad' && failures++ < 5);
    return { batchItemFailures: bad.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) };
  };`;

let cloud: Cloud;
let documents: DynamoDBDocumentClient;
const lines: { name: string; line: string }[] = [];
beforeAll(async () => {
  const reading = allow(STREAM_READING, [
    streamArn('Plain'),
    streamArn('Filtered'),
    streamArn('Limited'),
    streamArn('Unsendable'),
    streamArn('Disabled'),
  ]);
  const limits = {
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: arnOf('Dead') } },
  };
  cloud = await startFixture(
    {
      Main: {
        Resources: {
          Plain: streamed(),
          Filtered: streamed(),
          Limited: streamed(),
          Unsendable: streamed(),
          Disabled: streamed(),
          Dead: queue(),
          R: role(reading, allow(['sqs:SendMessage'], [arnOf('Dead')])),
          Follower: lambda('follower', 'R'),
          Choosy: lambda('follower', 'R'),
          Impatient: lambda('follower', 'R'),
          Mute: lambda('follower', 'R'),
          Asleep: lambda('follower', 'R'),
          M1: streamMapping('Plain', 'Follower', { FunctionResponseTypes: ['ReportBatchItemFailures'] }),
          M2: streamMapping('Filtered', 'Choosy', {
            FilterCriteria: {
              Filters: [{ Pattern: '{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"order"}]}}}}' }],
            },
          }),
          M3: streamMapping('Limited', 'Impatient', limits),
          M4: streamMapping('Unsendable', 'Mute', { ...limits, BatchSize: 1 }),
          M5: streamMapping('Disabled', 'Asleep', { Enabled: false }),
        },
      },
    },
    { follower },
    { onFunctionLog: (name, line) => lines.push({ name, line }), streamShards: 2 },
  );
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(cloud)));
});
afterAll(async () => {
  documents.destroy();
  await stopAll();
});

const put = (ref: string, pk: string) =>
  documents.send(
    new PutCommand({ TableName: cloud.tableName(ref), Item: { pk, sk: 'row', at: Date.now() } }),
  );
const callsOf = (name: string): { keys: string[]; first: StreamRecord }[] =>
  lines
    .filter(({ name: from, line }) => from.startsWith(`Main-${name}-`) && line.startsWith('{"keys"'))
    .map(({ line }) => JSON.parse(line));
const keysOf = (name: string): string[] => callsOf(name).flatMap(({ keys }) => keys);

describe('a function behind a stream', () => {
  it('gets the records as Lambda writes them', async () => {
    await put('Plain', 'form');
    await cloud.idle();

    expect(callsOf('Follower').find(({ keys }) => keys.includes('form'))?.first).toEqual({
      eventID: expect.any(String),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: cloud.region,
      eventSourceARN: expect.stringMatching(/:table\/Main-Plain-\w+\/stream\//),
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { pk: { S: 'form' }, sk: { S: 'row' } },
        NewImage: { pk: { S: 'form' }, sk: { S: 'row' }, at: { N: expect.any(String) } },
        SequenceNumber: expect.any(String),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  it('has dealt with every record once the cloud is idle', async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `many${index}`);

    await Promise.all(keys.map((key) => put('Plain', key)));
    await cloud.idle();

    expect(
      keysOf('Follower')
        .filter((key) => key.startsWith('many'))
        .sort(),
    ).toEqual([...keys].sort());
  });

  it('gets only what its filter lets pass', async () => {
    for (const key of ['order1', 'alias1', 'order2']) await put('Filtered', key);
    await cloud.idle();

    expect(keysOf('Choosy').sort()).toEqual(['order1', 'order2']);
  });

  it('is told again of what it failed, soon when the waits are ended', async () => {
    const timesTold = () => keysOf('Follower').filter((key) => key === 'bad').length;

    await put('Plain', 'bad');
    await expect.poll(timesTold).toBe(1);
    const unfinished = await cloud.idle(0).catch(String);
    await expect
      .poll(
        () => {
          cloud.endWaits();
          return timesTold();
        },
        { interval: 10, timeout: 1500 },
      )
      .toBe(6);
    await cloud.idle();

    expect(unfinished).toMatch(/Main\/M1 has records of its stream to hand over/);
  });

  it('leaves what it never took to the destination, which is told where the records are', async () => {
    // Act
    await put('Limited', 'throw');
    await expect
      .poll(() => {
        cloud.endWaits();
        return cloud.peek('Dead').length;
      })
      .toBe(1);

    // Assert
    const [lost] = callsOf('Impatient');
    const sequence = lost!.first.dynamodb.SequenceNumber;
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(JSON.parse(cloud.peek('Dead')[0]!.body)).toEqual({
      requestContext: {
        requestId: expect.any(String),
        functionArn: expect.stringMatching(/:function:Main-Impatient-\w+$/),
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: time,
      DDBStreamBatchInfo: {
        shardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/),
        startSequenceNumber: sequence,
        endSequenceNumber: sequence,
        approximateArrivalOfFirstRecord: time,
        approximateArrivalOfLastRecord: time,
        batchSize: 1,
        streamArn: lost!.first.eventSourceARN,
      },
    });
  });

  it('loses what cannot be sent to the destination, and a metric says so', async () => {
    const restore = cloud.withoutPermission('Mute', 'sqs:SendMessage');
    await put('Unsendable', 'throw');

    await expect
      .poll(() => {
        cloud.endWaits();
        return cloud.metrics.total('DestinationDeliveryErrors');
      })
      .toBe(1);

    restore();
    expect(cloud.peek('Dead').filter(({ body }) => body.includes('-Mute-'))).toEqual([]);
  });

  it.each(STREAM_READING)('gets nothing while its role may not %s, and then everything', async (action) => {
    const key = `order-${action}`;
    const restore = cloud.withoutPermission('Choosy', action);
    await put('Filtered', key);
    await expect(cloud.idle(60)).rejects.toThrow(/Main\/M2 has records/);
    const before = keysOf('Choosy').includes(key);

    restore();
    await cloud.idle();

    expect([before, keysOf('Choosy').includes(key)]).toEqual([false, true]);
  });

  it('has its iterator age reported', async () => {
    await put('Filtered', 'order-age');
    await cloud.idle();

    const series = cloud.metrics
      .list()
      .find(({ name, dimensions }) => name === 'IteratorAge' && dimensions.FunctionName?.includes('Choosy'));
    expect(series).toMatchObject({ namespace: 'AWS/Lambda', unit: 'Milliseconds' });
    expect(series!.count).toBeGreaterThan(0);
    expect(series!.max).toBeLessThan(60_000);
  });

  it('gets nothing when the mapping is disabled, and nobody waits for it', async () => {
    await put('Disabled', 'x');

    await cloud.idle();

    expect(callsOf('Asleep')).toEqual([]);
  });
});

describe('a mapping of a stream that AWS or the local cloud cannot run stops the start', () => {
  const may = role(allow(STREAM_READING, ['*']));
  const start = (mapping: FixtureResource, R = may, T = streamed()) =>
    startFixture(
      { Main: { Resources: { T, Q: queue(), R, F: lambda('follower', 'R'), M: mapping } } },
      { follower },
    );

  it.each([
    ['an unknown property', { TumblingWindowInSeconds: 60 }, /TumblingWindowInSeconds/],
    ['no starting position', { StartingPosition: undefined }, /Lambda needs it to read a stream/],
    ['a position in time', { StartingPosition: 'AT_TIMESTAMP' }, /StartingPosition/],
    ['too many lanes', { ParallelizationFactor: 11 }, /ParallelizationFactor/],
    ['a concurrency of queues', { ScalingConfig: { MaximumConcurrency: 2 } }, /for queues only/],
    [
      'a filter of an unknown operator',
      { FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"wildcard":"I*"}]}' }] } },
      /AWS would refuse M.*operator wildcard/s,
    ],
    [
      'a destination that is no queue',
      { DestinationConfig: { OnFailure: { Destination: arnOf('F') } } },
      /M .*which is not a queue of this app/s,
    ],
    [
      'a destination that the role may not send to',
      { DestinationConfig: { OnFailure: { Destination: arnOf('Q') } } },
      /AWS would refuse M.*not allowed sqs:SendMessage/s,
    ],
  ])('%s', async (_, more, message) => {
    await expect(start(streamMapping('T', 'F', more))).rejects.toThrow(message);
  });

  it.each(STREAM_READING)('a role that may not %s', async (missing) => {
    const actions = STREAM_READING.filter((action) => action !== missing);

    const starting = start(streamMapping('T', 'F'), role(allow(actions, ['*'])));

    await expect(starting).rejects.toThrow(`is not allowed ${missing} on arn:aws:dynamodb:`);
  });

  it('a table without a stream', async () => {
    await expect(start(streamMapping('T', 'F'), may, table())).rejects.toThrow(
      /does not know attribute StreamArn|asks for T\.StreamArn/,
    );
  });

  it('what Lambda knows for streams only, at a queue', async () => {
    const mapping = streamMapping('T', 'F', { EventSourceArn: arnOf('Q') });

    await expect(start(mapping)).rejects.toThrow(/StartingPosition.*/s);
  });
});
