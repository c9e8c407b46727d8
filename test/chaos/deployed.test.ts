import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CHANNELS, COMMANDED, DEPLOYED, variablesOf } from '../../chaos/plan/merchant.ts';
import { readMerchant } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import { slowestPageMs } from '../../functions/pipeline/poll.ts';
import { platforms } from '../../functions/platforms/registry.ts';
import { longestCallMs } from '../../functions/runtime/aws-clients.ts';
import { jobsOf } from '../../lib/jobs.ts';
import { flatten, merchantWith, resourcesOf, stacksOf } from '../lib/assembly.ts';

const queue = z.looseObject({
  VisibilityTimeout: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number() }),
});
const { concurrentExecutions } = readMerchant(join(import.meta.dirname, '../../chaos/plan/merchant.json'));
const settings = Object.fromEntries(CHANNELS.map((one) => [one.platform.name, one.settings]));

const polled = platforms().filter(({ poll }) => poll !== undefined);

describe('the simulated account', () => {
  const stacks = stacksOf(merchantWith({ platforms: settings, concurrentExecutions }));
  const functions = resourcesOf(stacks, 'AWS::Lambda::Function').map(({ id, Properties }) => ({
    id,
    ms: Number(Properties.Timeout) * 1000,
    variables: z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(Properties.Environment)
      .Variables,
  }));
  const mappings = resourcesOf(stacks, 'AWS::Lambda::EventSourceMapping').map((one) => one.Properties);
  const functionOf = (platform: string, construct: string) => {
    const found = functions.find(({ id }) => id.startsWith(`${pascal(platform)}${construct}`));
    if (found === undefined) throw new Error(`there is no ${construct} of ${platform}`);
    return found;
  };
  const CONSTRUCTS = {
    receive: 'WebhookReceiver',
    process: 'OrdersConsumer',
    poll: 'PollPoller',
    reconcile: 'ReconcileReconciler',
    dispatch: 'CommandsDispatcher',
  } as const;
  const jobs = CHANNELS.flatMap((channel) =>
    jobsOf(channel).flatMap((job) =>
      job === 'install' || job === 'tell' ? [] : [{ platform: channel.platform.name, job, channel }],
    ),
  );

  it('is of a merchant that sells on every platform there is', () => {
    expect(CHANNELS.map((one) => one.platform)).toEqual(platforms());
  });

  it.each(CHANNELS.map((one) => one.platform))(
    'hands out the messages of $name as the deployed one does',
    ({ name, deployment }) => {
      const source = mappings.find((one) => flatten(one.EventSourceArn).startsWith(pascal(name)));
      expect(source).toMatchObject({
        BatchSize: DEPLOYED.queue.batchSize,
        ScalingConfig: { MaximumConcurrency: deployment.maxConcurrency },
      });
      expect(source?.MaximumBatchingWindowInSeconds ?? 0).toBe(0);
    },
  );

  it('gives messages the same time and the same number of receives', () => {
    const queues = resourcesOf(stacks, 'AWS::SQS::Queue').filter((one) => 'RedrivePolicy' in one.Properties);
    expect(queues).toHaveLength(CHANNELS.length);
    for (const { Properties } of queues) {
      expect(queue.parse(Properties)).toMatchObject({
        VisibilityTimeout: DEPLOYED.queue.visibilityMs / 1000,
        RedrivePolicy: { maxReceiveCount: DEPLOYED.queue.maxReceives },
      });
    }
  });

  it.each(jobs)('gives $platform-$job as much time', ({ platform, job }) => {
    expect(functionOf(platform, CONSTRUCTS[job]).ms).toBe(DEPLOYED.timeoutMs[job]);
  });

  it.each(polled)(
    'gives the poller of $name the time for its slowest page, a silent queue and a silent table',
    ({ poll }) => {
      const page = slowestPageMs(poll?.slowestReadMs ?? 0);

      expect(page).toBeGreaterThanOrEqual((poll?.slowestReadMs ?? 0) + 2 * longestCallMs());
      expect(page).toBeLessThan(DEPLOYED.timeoutMs.poll);
    },
  );

  it('reads the stream of the orders table as the deployed publisher does', () => {
    const { filters, windowMs, maxAgeMs, ...stream } = DEPLOYED.erp.stream;

    const [source] = mappings.filter(({ FilterCriteria }) => FilterCriteria !== undefined);

    expect(source).toMatchObject({
      BatchSize: stream.batchSize,
      MaximumBatchingWindowInSeconds: windowMs / 1000,
      StartingPosition: stream.startingPosition,
      ParallelizationFactor: stream.parallelization,
      BisectBatchOnFunctionError: stream.bisect,
      MaximumRetryAttempts: stream.maxRetries,
      MaximumRecordAgeInSeconds: maxAgeMs / 1000,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) },
    });
  });

  it('hands out what endpoints have to be told as the deployed queue does', () => {
    const { batchSize, maxConcurrency, visibilityMs } = DEPLOYED.erp.deliveries;

    const source = mappings.find(({ EventSourceArn }) => flatten(EventSourceArn).includes('Deliveries'));
    const [deliveries] = resourcesOf(stacks, 'AWS::SQS::Queue').filter(({ id }) => id.includes('Deliveries'));

    expect(source).toMatchObject({
      BatchSize: batchSize,
      ScalingConfig: { MaximumConcurrency: maxConcurrency },
    });
    expect(deliveries?.Properties).toMatchObject({ VisibilityTimeout: visibilityMs / 1000 });
  });

  it.each(COMMANDED.map((one) => one.platform.name))(
    'hands out what the dispatcher of %s has to be told as the deployed queue does',
    (name) => {
      const { batchSize, maxConcurrency, visibilityMs } = DEPLOYED.commands;
      const id = `${pascal(name)}CommandsHints`;

      const source = mappings.find(({ EventSourceArn }) => flatten(EventSourceArn).startsWith(id));
      const hints = resourcesOf(stacks, 'AWS::SQS::Queue').find((one) => one.id.startsWith(id));

      expect(source).toMatchObject({
        BatchSize: batchSize,
        ScalingConfig: { MaximumConcurrency: maxConcurrency },
      });
      expect(hints?.Properties).toMatchObject({ VisibilityTimeout: visibilityMs / 1000 });
    },
  );

  it.each([
    ['api', 'Api'],
    ['publish', 'Publisher'],
    ['deliver', 'Deliverer'],
    ['sweep', 'Sweeper'],
  ] as const)('gives erp-%s as much time', (job, construct) => {
    expect(functionOf('erp', construct).ms).toBe(DEPLOYED.erp.timeoutMs[job]);
  });

  it.each(jobs)('tells $platform-$job of the same secrets', ({ platform, job, channel }) => {
    const deployed = flatten(functionOf(platform, CONSTRUCTS[job]).variables.SECRETS);
    const named = [...deployed.matchAll(/"([^"]+)":/g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(
      Object.keys(JSON.parse(variablesOf(channel, job).SECRETS ?? '')).toSorted(),
    );
  });
});
