import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DEPLOYED } from '../../chaos/world/merchant.ts';
import { PLATFORMS } from '../../functions/platforms/names.ts';
import { demo, flatten, resourcesOf, stacksOf } from '../lib/assembly.ts';

const mapping = z.looseObject({
  EventSourceArn: z.unknown().transform(flatten),
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});
const queue = z.looseObject({
  VisibilityTimeout: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number() }),
});

describe('the simulated account', () => {
  const stacks = stacksOf(demo);
  const mappings = resourcesOf(stacks, 'AWS::Lambda::EventSourceMapping').map((one) =>
    mapping.parse(one.Properties),
  );
  const queues = resourcesOf(stacks, 'AWS::SQS::Queue').filter((one) => 'RedrivePolicy' in one.Properties);
  const timeouts = resourcesOf(stacks, 'AWS::Lambda::Function').map(({ id, Properties }) => ({
    id: id.toLowerCase(),
    ms: Number(Properties.Timeout) * 1000,
  }));
  const { consumer, receiver, poller, reconciler } = DEPLOYED;

  it.each(PLATFORMS)('hands out the messages of %s as the deployed one does', (platform) => {
    const source = mappings.find(({ EventSourceArn }) =>
      String(EventSourceArn).toLowerCase().includes(platform),
    );
    expect(source).toMatchObject({
      BatchSize: consumer.batchSize,
      MaximumBatchingWindowInSeconds: consumer[platform].windowMs / 1000,
      ScalingConfig: { MaximumConcurrency: consumer[platform].maxConcurrency },
    });
  });

  it('gives messages the same time and the same number of receives', () => {
    expect(queues).toHaveLength(PLATFORMS.length);
    for (const { Properties } of queues) {
      expect(queue.parse(Properties)).toMatchObject({
        VisibilityTimeout: consumer.visibilityMs / 1000,
        RedrivePolicy: { maxReceiveCount: consumer.maxReceives },
      });
    }
  });

  it.each([
    ['consumer', consumer.timeoutMs, 3],
    ['receiver', receiver.timeoutMs, 2],
    ['poller', poller.timeoutMs, 1],
    ['reconciler', reconciler.timeoutMs, 3],
  ] as const)('gives a %s as much time', (role, ms, count) => {
    const found = timeouts.filter(({ id }) => id.includes(role));
    expect(found.map((one) => one.ms)).toEqual(Array.from({ length: count }, () => ms));
  });
});
