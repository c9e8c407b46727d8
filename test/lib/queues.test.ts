import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

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
  FunctionResponseTypes: z.array(z.string()),
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

test('each platform has one queue and one dead-letter queue, and the feed one for what was given up', () => {
  expect(queues).toHaveLength(7);
  expect(intakes).toHaveLength(3);
});

describe.each(queues.map((queue) => [queue.id, queue] as const))('%s', (id, queue) => {
  test('keeps messages 14 days, encrypted', () => {
    expect(queue.MessageRetentionPeriod).toBe(14 * 24 * 3600);
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
    const expected = { Nuvemshop: [2, 1], Pedidosya: [2, undefined], Imotriz: [2, undefined] };
    const platform = (/^(Nuvemshop|Pedidosya|Imotriz)/.exec(id)?.[1] ?? '') as keyof typeof expected;
    const [concurrency, window] = expected[platform];
    expect(mapping?.ScalingConfig?.MaximumConcurrency).toBe(concurrency);
    expect(mapping?.MaximumBatchingWindowInSeconds).toBe(window);
  });
});

describe('the stream of the orders table', () => {
  const [stream] = resourcesOf(stacks, 'AWS::Lambda::EventSourceMapping').filter(
    ({ Properties }) => Properties.StartingPosition !== undefined,
  );

  test('is read by the publisher from its beginning: rows only, in order, without waiting for more', () => {
    expect(stream?.Properties).toMatchObject({
      FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"Keys":{"sk":{"S":["row"]}}}}' }] },
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
    });
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
