import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import {
  allow,
  arnOf,
  clientOptions,
  lambda,
  mapping,
  queue,
  READING,
  role,
  startFixture,
  stopAll,
} from './fixture.ts';

const bundles = {
  consumer: `
    exports.handler = async ({ Records }) => {
      console.log(JSON.stringify({ bodies: Records.map(({ body }) => body), first: Records[0] }));
      const bad = Records.filter(({ body }) => body.startsWith('bad'));
      if (Records.some(({ body }) => body === 'throw')) throw new Error('whole batch');
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };`,
  slow: `
    exports.handler = async ({ Records }) => {
      console.log('begin');
      await new Promise((resolve) => setTimeout(resolve, 60));
      console.log('end');
      return { batchItemFailures: [] };
    };`,
};
const redrive = (dead: string, maxReceiveCount = 2) => ({
  RedrivePolicy: { deadLetterTargetArn: arnOf(dead), maxReceiveCount },
});

let cloud: Cloud;
let sqs: SQSClient;
const lines: { name: string; line: string }[] = [];
beforeAll(async () => {
  cloud = await startFixture(
    {
      Main: {
        Resources: {
          Dead: queue({ MessageRetentionPeriod: 1_209_600 }),
          Work: queue({ VisibilityTimeout: 300, ...redrive('Dead') }),
          Gathered: queue(),
          Busy: queue(),
          Plain: queue({ MaximumMessageSize: 2048, ...redrive('Dead') }),
          R: role(allow(READING, [arnOf('Work'), arnOf('Gathered'), arnOf('Busy')])),
          Consumer: lambda('consumer', 'R'),
          Gatherer: lambda('consumer', 'R'),
          Slow: lambda('slow', 'R'),
          WorkMapping: mapping('Work', 'Consumer'),
          GatheredMapping: mapping('Gathered', 'Gatherer', {
            BatchSize: 20,
            MaximumBatchingWindowInSeconds: 1,
          }),
          BusyMapping: mapping('Busy', 'Slow', { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } }),
        },
      },
    },
    bundles,
    { onFunctionLog: (name, line) => lines.push({ name, line }) },
  );
  sqs = new SQSClient(clientOptions(cloud));
});
afterAll(async () => {
  sqs.destroy();
  await stopAll();
});

const send = (ref: string, MessageBody: string, more: object = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl: cloud.queueUrl(ref), MessageBody, ...more }));
const receive = async (ref: string, more: object = {}) =>
  (
    await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: cloud.queueUrl(ref), MaxNumberOfMessages: 10, ...more }),
    )
  ).Messages ?? [];
const bodies = (ref: string) => cloud.peek(ref).map(({ body }) => body);
const linesOf = (name: string) =>
  lines.filter((line) => line.name.startsWith(`Main-${name}-`)).map(({ line }) => line);

describe('an event source', () => {
  it('gives a function the records of its queue', async () => {
    await send('Work', 'hello', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } } });
    await cloud.idle();

    expect(JSON.parse(linesOf('Consumer')[0]!).first).toEqual({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
      },
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: expect.stringMatching(/^arn:aws:sqs:us-east-1:000000000000:Main-Work-/),
      awsRegion: 'us-east-1',
    });
  });

  it('reads nothing while its role may not, however long it was waiting, and then goes on', async () => {
    const before = linesOf('Consumer').length;
    const restore = cloud.withoutPermission('Consumer', 'sqs:ReceiveMessage');

    await send('Work', 'later');
    await expect.poll(() => bodies('Work')).toEqual(['later']);
    const receives = cloud.peek('Work').map((message) => message.receives);
    restore();
    await cloud.idle();

    expect(receives).toEqual([0]);
    expect(linesOf('Consumer')).toHaveLength(before + 1);
  });

  it('leaves a message that its role may not delete, to come again', async () => {
    const restore = cloud.withoutPermission('Consumer', 'sqs:DeleteMessage');
    const before = linesOf('Consumer').length;

    await send('Work', 'again');
    await expect.poll(() => linesOf('Consumer').length).toBe(before + 1);
    await expect.poll(() => cloud.load()).toBe(0);
    const left = bodies('Work');
    restore();
    cloud.endWaits('Work');
    await cloud.idle();

    expect(left).toEqual(['again']);
    expect(linesOf('Consumer')).toHaveLength(before + 2);
  });

  it('comes to rest beside a delayed message where its queue may be waited for', async () => {
    await send('Work', 'later', { DelaySeconds: 600 });

    const impatient = await cloud.idle(30).catch(String);
    await cloud.idle({ but: ['Work'] });
    cloud.endWaits('Work');
    await cloud.idle();

    expect(impatient).toMatch(/Main-Work-\w+ has 0 visible, 0 in flight and 1 delayed/);
  });

  it('returns only the failed messages, which die after their receives', async () => {
    // Arrange
    const Entries = ['good 1', 'bad 1', 'good 2', 'bad 2'].map((MessageBody, index) => ({
      Id: `${index}`,
      MessageBody,
    }));

    // Act
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: cloud.queueUrl('Work'), Entries }));
    await expect.poll(() => bodies('Work').sort()).toEqual(['bad 1', 'bad 2']);
    await expect(cloud.idle(50)).rejects.toThrow(
      /Main-Work-\w+ has 0 visible, 2 in flight and 0 delayed.*endWaits/,
    );
    await expect
      .poll(() => {
        cloud.endWaits('Work');
        return bodies('Dead').sort();
      })
      .toEqual(['bad 1', 'bad 2']);

    // Assert
    expect(bodies('Work')).toEqual([]);
    expect(cloud.peek('Dead').map(({ receives }) => receives)).toEqual([3, 3]);
    const counts = (await cloud.queues()).find(({ logicalId }) => logicalId === 'Dead');
    expect(counts).toMatchObject({ isDeadLetter: true, visible: 2, inFlight: 0, delayed: 0 });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: cloud.queueUrl('Dead') }));
  });

  it('returns the whole batch when the function fails', async () => {
    await send('Work', 'throw');
    await expect
      .poll(
        () => {
          cloud.endWaits('Work');
          return bodies('Dead');
        },
        { interval: 30 },
      )
      .toEqual(['throw']);

    await sqs.send(new PurgeQueueCommand({ QueueUrl: cloud.queueUrl('Dead') }));
  });

  it('gathers a batch over its window', async () => {
    const entries = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({ Id: `${index}`, MessageBody: `m${from + index}` }));
    const QueueUrl = cloud.queueUrl('Gathered');
    await Promise.all(
      [entries(0, 8), entries(8, 15)].map((Entries) =>
        sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
      ),
    );
    await cloud.idle();

    const batches = linesOf('Gatherer').map((line) => JSON.parse(line).bodies.length);
    expect(batches).toEqual([15]);
  });

  it('never runs more batches at once than its maximum concurrency', async () => {
    for (let index = 0; index < 8; index += 1) await send('Busy', `m${index}`);
    await cloud.idle();

    let mapConcurrent = 0;
    const most = linesOf('Slow').map((line) => (mapConcurrent += line === 'begin' ? 1 : -1));
    expect(most).toHaveLength(16);
    expect(Math.max(...most)).toBe(2);
  });
});

describe('a queue', () => {
  it('has its attributes and is found by name', async () => {
    const QueueUrl = cloud.queueUrl('Plain');
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: QueueUrl.split('/').at(-1)! }));

    expect(found.QueueUrl).toBe(QueueUrl);
    expect(Attributes).toMatchObject({
      MaximumMessageSize: '2048',
      VisibilityTimeout: '30',
      ApproximateNumberOfMessages: '0',
    });
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toMatchObject({ maxReceiveCount: 2 });
  });

  it('hides, delays and returns messages', async () => {
    // Act and assert: delayed until the wait is ended, then hidden while in flight, then back.
    await send('Plain', 'later', { DelaySeconds: 900 });
    expect(await receive('Plain')).toEqual([]);
    cloud.endWaits('Plain');
    const [message] = await receive('Plain');
    expect(message?.Body).toBe('later');
    expect(await receive('Plain')).toEqual([]);
    const handle = { QueueUrl: cloud.queueUrl('Plain'), ReceiptHandle: message?.ReceiptHandle };
    await sqs.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 0 }));
    const [again] = await receive('Plain', { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
    await sqs.send(new DeleteMessageCommand({ ...handle, ReceiptHandle: again?.ReceiptHandle }));
    expect(cloud.peek('Plain')).toEqual([]);
  });

  it('refuses a message over its size and a delay over 15 minutes', async () => {
    await expect(send('Plain', 'x'.repeat(2049))).rejects.toThrow(/shorter than 2048 bytes/);
    await expect(send('Plain', 'x', { DelaySeconds: 901 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const Entries = [{ Id: 'a', MessageBody: 'x', DelaySeconds: -1 }];
    const batch = sqs.send(new SendMessageBatchCommand({ QueueUrl: cloud.queueUrl('Plain'), Entries }));
    await expect(batch).rejects.toThrow(/DelaySeconds/);
    expect(cloud.peek('Plain')).toEqual([]);
  });

  it.each(['😀', '🇦🇷', '\u{10ffff}', '\ufffd', 'tab\t line\r\n', '\u007f'])('takes %j', async (text) => {
    await expect(send('Gathered', `a${text}b`)).resolves.toBeDefined();
  });

  it.each(['\ufffe', '\uffff', '\u0000', '\u001b'])('refuses %j', async (text) => {
    await expect(send('Plain', `a${text}b`)).rejects.toMatchObject({
      name: expect.stringContaining('InvalidMessageContents') as string,
    });
  });

  it('that does not exist, and an operation that is not there, are errors by name', async () => {
    const QueueUrl = `${cloud.endpoint}/000000000000/nobody`;

    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });
});

describe('a dead-letter queue', () => {
  it('sends its messages back to the queue they came from', async () => {
    // Arrange
    await send('Dead', 'good again', {
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'kept' } },
    });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: cloud.queueUrl('Dead'), AttributeNames: ['QueueArn'] }),
    );
    lines.length = 0;

    // Act
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.QueueArn }));
    await cloud.idle();

    // Assert
    expect(bodies('Dead')).toEqual([]);
    const { first } = JSON.parse(linesOf('Consumer')[0]!);
    expect(first).toMatchObject({ body: 'good again', messageAttributes: { kind: { stringValue: 'kept' } } });
    const nowhere = sqs.send(
      new StartMessageMoveTaskCommand({ SourceArn: 'arn:aws:sqs:us-east-1:000000000000:x' }),
    );
    await expect(nowhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
