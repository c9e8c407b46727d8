import { globSync, readFileSync } from 'node:fs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { eventBridgeClient } from '../../functions/erp/event-bus.ts';
import {
  type AwsOptions,
  createDeadline,
  longestCallMs,
  secretsClient,
} from '../../functions/runtime/aws-clients.ts';
import { sqsClient } from '../../functions/runtime/sqs-client.ts';
import { documentClient } from '../../functions/storage/dynamodb.ts';
import { type Endpoint, endpoint, queueUrl, silent, stuck, useEndpoints } from '../support/silent-aws.ts';

const QUICK = { connectMs: 1000, answerMs: 500, attempts: 2 };
/** What a busy machine may take beside the waiting itself (ms). Without its bound a call would last for ever, or a minute. */
const BUSY_MS = 15_000;

/** One call of each service. */
const CALLS: [string, (options: AwsOptions, here: Endpoint) => Promise<unknown>, (here: Endpoint) => void][] =
  [
    [
      'queue',
      (options, here) =>
        sqsClient(options).send(new SendMessageCommand({ QueueUrl: queueUrl(here), MessageBody: 'm' })),
      (queue) => useEndpoints({ queue }),
    ],
    [
      'table',
      (options) =>
        documentClient(options).send(new GetCommand({ TableName: 't', Key: { pk: 'p', sk: 's' } })),
      (table) => useEndpoints({ table }),
    ],
    [
      'secret',
      (options) => secretsClient(options).send(new GetSecretValueCommand({ SecretId: 's' })),
      (secrets) => useEndpoints({ secrets }),
    ],
    [
      'event bus',
      (options) => eventBridgeClient(options).send(new PutEventsCommand({ Entries: [] })),
      (bus) => useEndpoints({ bus }),
    ],
  ];

describe.each(CALLS)('a %s that accepts the connection', (_, call, use) => {
  it('and never answers fails the call in time, after as many attempts as were allowed', async () => {
    const here = await endpoint(silent);
    use(here);
    const began = performance.now();

    await expect(call({ patience: QUICK }, here)).rejects.toMatchObject({ name: 'TimeoutError' });

    expect(here.count).toBe(QUICK.attempts);
    expect(performance.now() - began).toBeLessThan(longestCallMs(QUICK) + BUSY_MS);
  });

  it('and stops in the middle of its answer fails the call in time', async () => {
    const here = await endpoint(stuck);
    use(here);

    await expect(call({ patience: QUICK }, here)).rejects.toThrow();
  });

  it('is not called when the function is about to be ended', async () => {
    const here = await endpoint(silent);
    use(here);

    await expect(call({ patience: QUICK, timeLeftMs: () => 100 }, here)).rejects.toMatchObject({
      name: 'DeadlineExceeded',
    });

    expect(here.count).toBe(0);
  });

  it('is not waited for longer than the function lasts', async () => {
    const here = await endpoint(silent);
    use(here);
    const began = performance.now();
    const timeLeftMs = () => 700 - (performance.now() - began);

    await expect(
      call({ patience: { connectMs: 1000, answerMs: 60_000, attempts: 1 }, timeLeftMs }, here),
    ).rejects.toMatchObject({ name: 'TimeoutError' });

    expect(performance.now() - began).toBeLessThan(700 + BUSY_MS);
  });
});

describe('the deadline of a function', () => {
  it('is that of the call it works on, and none before the first', () => {
    const deadline = createDeadline();
    const before = deadline.leftMs();

    deadline.begin(() => 1234);

    expect([before, deadline.leftMs()]).toEqual([Number.POSITIVE_INFINITY, 1234]);
  });
});

describe('AWS clients', () => {
  it('are made with time-outs, wherever one is made', () => {
    const makes = /new [A-Z]\w*Client\((?!clientConfig\()/;

    const files = ['functions', 'ops', 'scripts'].flatMap((room) => globSync(`${room}/**/*.ts`));
    const makers = files.filter((file) => makes.test(readFileSync(file, 'utf8')));

    expect(makers).toEqual([]);
  });
});
