import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { demo, flatten, merchantWith, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const queueSchema = z.looseObject({
  MessageRetentionPeriod: z.number(),
  SqsManagedSseEnabled: z.boolean(),
  VisibilityTimeout: z.number().optional(),
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.unknown().transform(flatten), maxReceiveCount: z.number() })
    .optional(),
});
const mappingSchema = z.looseObject({
  EventSourceArn: z.unknown().transform(flatten),
  FunctionName: z.unknown().transform(flatten),
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number().optional(),
  FunctionResponseTypes: z.array(z.string()).optional(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
});
const queues = resourcesOf(stacks, 'AWS::SQS::Queue').map((one) => ({
  id: one.id,
  ...queueSchema.parse(one.Properties),
}));
const mappings = resourcesOf(stacks, 'AWS::Lambda::EventSourceMapping').map((one) =>
  mappingSchema.parse(one.Properties),
);
const timeoutOf = (functionId: string): unknown =>
  resourcesOf(stacks, 'AWS::Lambda::Function').find((one) => one.id === functionId)?.Properties.Timeout;
const intakes = queues.filter((queue) => queue.RedrivePolicy !== undefined);

/** Holds nothing but hints: they need no dead-letter queue, and need not stay. */
const HINTS = /^ErpWebhooksDeliveries|CommandsHints/;

test('each platform has one queue and one dead-letter queue, the feed and whoever follows the rows one for what was given up, the endpoints one, commands one each', () => {
  expect(queues).toHaveLength(11);
  expect(intakes).toHaveLength(3);
});

describe.each(queues.map((queue) => [queue.id, queue] as const))('%s', (id, queue) => {
  test('keeps messages 14 days, or an hour where they are hints, encrypted', () => {
    expect(queue.MessageRetentionPeriod).toBe(HINTS.test(id) ? 3600 : 14 * 24 * 3600);
    expect(queue.SqsManagedSseEnabled).toBe(true);
  });
  test('refuses plain HTTP', () => {
    const policies = resourcesOf(stacks, 'AWS::SQS::QueuePolicy').filter((one) =>
      JSON.stringify(one).includes(`"${id}"`),
    );
    expect(JSON.stringify(policies)).toContain('"aws:SecureTransport":"false"');
  });
});

describe.each(intakes.map((queue) => [queue.id, queue] as const))('%s', (id, queue) => {
  const mapping = mappings.find((one) => one.EventSourceArn === `${id}.Arn`);

  test('puts a message aside after five receives, into a queue of its own', () => {
    expect(queue.RedrivePolicy?.maxReceiveCount).toBe(5);
    const others = intakes
      .filter((one) => one.id !== id)
      .map((one) => one.RedrivePolicy?.deadLetterTargetArn);
    expect(others).not.toContain(queue.RedrivePolicy?.deadLetterTargetArn);
  });
  test('hides a message for six times the timeout of its consumer', () => {
    expect(queue.VisibilityTimeout).toBe(6 * Number(timeoutOf(mapping?.FunctionName ?? '')));
  });
  test('is read in batches of which single messages may fail', () => {
    expect(mapping).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  });
  test('cannot use up the account: concurrency is bounded', () => {
    expect(mapping?.ScalingConfig?.MaximumConcurrency).toBe(2);
  });
  test('waits for no other message: a buyer’s order is fetched as it comes', () => {
    expect(mapping?.MaximumBatchingWindowInSeconds).toBeUndefined();
  });
});

describe.each(['ErpWebhooksDeliveries', 'NuvemshopCommandsHints', 'PedidosyaCommandsHints'])(
  '%s',
  (begin) => {
    const hints = queues.find(({ id }) => id.startsWith(begin));
    const mapping = mappings.find(({ EventSourceArn }) => EventSourceArn === `${hints?.id}.Arn`);

    test('hides a message for six times the timeout of its consumer, and keeps it longer than that', () => {
      expect(hints?.VisibilityTimeout).toBe(6 * Number(timeoutOf(mapping?.FunctionName ?? '')));
      expect(hints?.MessageRetentionPeriod).toBeGreaterThan(Number(hints?.VisibilityTimeout) + 900);
    });
    test('is read by two runs at most, and none of its messages fails by itself', () => {
      expect(mapping).toMatchObject({ BatchSize: 10, ScalingConfig: { MaximumConcurrency: 2 } });
      expect(mapping?.FunctionResponseTypes).toBeUndefined();
    });
  },
);

describe('the stream of the orders table', () => {
  const [stream] = resourcesOf(stacks, 'AWS::Lambda::EventSourceMapping').filter(
    ({ Properties }) => Properties.StartingPosition !== undefined,
  );

  test('is read by the publisher from its beginning: rows and commands only, in order, without waiting for more', () => {
    expect(stream?.Properties).toMatchObject({
      FilterCriteria: {
        Filters: [
          { Pattern: '{"dynamodb":{"Keys":{"sk":{"S":["row"]}}}}' },
          { Pattern: '{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"command#"}]}}}}' },
        ],
      },
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
    });
  });
  test('tells the publisher of stock as well where a merchant counts it', () => {
    const [counted] = resourcesOf(stacksOf(merchantWith({ stock: {} })), 'AWS::Lambda::EventSourceMapping')
      .filter(({ Properties }) => Properties.StartingPosition !== undefined)
      .filter(({ Properties }) => JSON.stringify(Properties).includes('ErpFeedUnpublished'));

    expect(JSON.stringify(counted?.Properties.FilterCriteria)).toContain('"item');
  });
  test('is tried again for as long as it has a change, and names what had to be given up', () => {
    expect(stream?.Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 23 * 3600,
    });
    expect(JSON.stringify(stream?.Properties.DestinationConfig)).toContain('"ErpFeedUnpublished');
  });
});
