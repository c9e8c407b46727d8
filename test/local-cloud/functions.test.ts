import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { MetricStore } from '../../local/cloud/functions/metrics.ts';
import {
  allow,
  arnOf,
  clientOptions,
  httpApi,
  lambda,
  mapping,
  queue,
  READING,
  role,
  startFixture,
  stopAll,
} from './fixture.ts';

const bundles = {
  worker: `
    let calls = 0;
    exports.handler = async (event, context) => {
      calls += 1;
      console.log('call ' + calls);
      switch (event.do) {
        case 'hang': return new Promise(() => {});
        case 'throw': throw new RangeError('out of range');
        case 'reject': Promise.reject(new TypeError('left alone')); return new Promise(() => {});
        case 'crash': setTimeout(() => { throw new SyntaxError('late'); }); return new Promise(() => {});
        case 'exit': process.exit(3);
        case 'env': return process.env;
        case 'calls': return calls;
        case 'hours': return new Date(0).getHours();
        case 'module': return require('vitest');
        case 'sdk': return typeof require('@aws-sdk/client-sqs').SQSClient;
        case 'metric': console.log(JSON.stringify({ _aws: { CloudWatchMetrics: [{ Namespace: 'Test', Dimensions: [['shop']], Metrics: [{ Name: 'Orders' }] }] }, shop: 'a', Orders: event.value }));
          return;
        case 'large': return 'x'.repeat(6_300_000);
        case 'meet': await fetch(event.at); return 'done';
        default: return { remaining: context.getRemainingTimeInMillis(), ...context };
      }
    };`,
  lazy: `
    console.log('lazy is loaded');
    exports.handler = async () => 'used';`,
  broken: `throw new Error('cannot start');`,
  nothing: `exports.other = 1;`,
};

let cloud: Cloud;
const lines: string[] = [];
beforeAll(async () => {
  process.env.ACOPIO_TEST_OUTSIDE = 'must not be seen';
  cloud = await startFixture(
    {
      Main: {
        Resources: {
          R: role(),
          Work: lambda('worker', 'R', {
            Timeout: 1,
            Environment: { Variables: { OWN: 'yes', URL: 'template' } },
          }),
          Lazy: lambda('lazy', 'R'),
          Single: lambda('worker', 'R', { Timeout: 300, ReservedConcurrentExecutions: 1 }),
          Patient: lambda('worker', 'R', { Timeout: 300 }),
          Broken: lambda('broken', 'R'),
          Nothing: lambda('nothing', 'R'),
          ...httpApi('Single', 'GET /'),
        },
      },
    },
    bundles,
    { onFunctionLog: (_, line) => lines.push(line), environment: { Work: { URL: 'replaced' } } },
  );
});
afterAll(async () => {
  delete process.env.ACOPIO_TEST_OUTSIDE;
  await stopAll();
});
/** Where functions wait for each other, or for the test: each is answered when the place closes. */
async function meetingPlace() {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, answer) => void waiting.push(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached: (count: number) => expect.poll(() => waiting.length).toBe(count),
    close() {
      for (const answer of waiting) answer.end();
      server.close();
    },
  };
}

const run = async (order: string) => await cloud.invoke('Work', { do: order });

describe('a function', () => {
  it('has a Lambda context', async () => {
    const { payload } = await run('nothing');

    expect(payload).toMatchObject({
      functionName: expect.stringMatching(/^Main-Work-/),
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      invokedFunctionArn: expect.stringMatching(/^arn:aws:lambda:us-east-1:000000000000:function:Main-Work-/),
    });
    expect((payload as { remaining: number }).remaining).toBeGreaterThan(0);
    expect((payload as { remaining: number }).remaining).toBeLessThanOrEqual(1000);
  });

  it('is loaded when it is used for the first time, and kept', async () => {
    const loads = () => lines.filter((line) => line === 'lazy is loaded').length;
    const before = loads();

    const answers = [await cloud.invoke('Lazy', {}), await cloud.invoke('Lazy', {})];

    expect(answers.map(({ payload }) => payload)).toEqual(['used', 'used']);
    expect([before, loads()]).toEqual([0, 1]);
  });

  it('has only its own environment, in UTC', async () => {
    const { payload } = await run('env');

    expect(payload).toMatchObject({
      OWN: 'yes',
      URL: 'replaced',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: expect.stringMatching(/^Main-Work-/),
    });
    for (const name of ['ACOPIO_TEST_OUTSIDE', 'PATH', 'HOME', 'NODE_OPTIONS', 'VITEST']) {
      expect(payload).not.toHaveProperty(name);
    }
    expect((await run('hours')).payload).toBe(0);
  });

  it('finds nothing outside its bundle but the SDK of the runtime', async () => {
    expect((await run('module')).error?.errorMessage).toMatch(/Cannot find module 'vitest'/);
    expect((await cloud.invoke('Single', { do: 'sdk' })).payload).toBe('function');
  });

  it('keeps its state while warm and loses it when it times out', async () => {
    // Arrange
    await run('nothing');
    const before = Number((await run('calls')).payload);
    expect(Number((await run('calls')).payload)).toBe(before + 1);

    // Act
    const { error } = await run('hang');

    // Assert
    expect(error?.errorType).toBe('Sandbox.Timedout');
    expect(error?.errorMessage).toMatch(/^[0-9a-f-]{36} Task timed out after 1\.00 seconds$/);
    expect((await run('calls')).payload).toBe(1);
  });

  it.each([
    ['throw', 'RangeError', 'out of range'],
    ['reject', 'Runtime.UnhandledPromiseRejection', 'TypeError: left alone'],
    ['crash', 'SyntaxError', 'late'],
    [
      'large',
      'Function.ResponseSizeTooLarge',
      'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    ],
    ['exit', 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
  ])('that does %s fails, and the next invocation works', async (order, errorType, errorMessage) => {
    expect((await run(order)).error).toEqual({ errorType, errorMessage });
    expect(lines.at(-1)).toContain(`"errorType":"${errorType}"`);
    expect((await run('nothing')).error).toBeUndefined();
  });

  it('that cannot start, or has no handler, fails each time', async () => {
    for (const _ of [1, 2]) {
      expect((await cloud.invoke('Broken', {})).error).toEqual({
        errorType: 'Error',
        errorMessage: 'cannot start',
      });
    }
    expect((await cloud.invoke('Nothing', {})).error?.errorType).toBe('Runtime.HandlerNotFound');
  });

  it('is refused over its reserved concurrency, which its API answers with 503', async () => {
    // Arrange
    const place = await meetingPlace();
    const first = cloud.invoke('Single', { do: 'meet', at: place.url });
    await place.reached(1);

    // Act
    const second = await cloud.invoke('Single', {}).catch((error: unknown) => error);
    const third = await fetch(cloud.apiUrl);
    place.close();

    // Assert
    expect(second).toMatchObject({ name: 'TooManyRequestsException' });
    expect(third.status).toBe(503);
    expect((await first).payload).toBe('done');
  });

  it('writes its lines before its answer', async () => {
    lines.length = 0;

    await run('nothing');

    expect(lines).toEqual([expect.stringMatching(/^call \d+$/)]);
  });

  it('runs in several workers at once', async () => {
    const place = await meetingPlace();
    const invoke = () => cloud.invoke('Patient', { do: 'meet', at: place.url });

    const answers = Promise.all(Array.from({ length: 4 }, invoke));
    // One after the other they would never meet.
    await place.reached(4);
    place.close();

    expect((await answers).map(({ payload }) => payload)).toEqual(Array(4).fill('done'));
    await cloud.idle();
  });

  it('has its metrics added up', async () => {
    await cloud.invoke('Work', { do: 'metric', value: 2 });
    await cloud.invoke('Work', { do: 'metric', value: [3, 4] });

    expect(cloud.metrics.total('Orders', { shop: 'a' })).toBe(9);
    expect(cloud.metrics.total('Orders', { shop: 'b' })).toBe(0);
    expect(cloud.metrics.list()).toEqual([
      { namespace: 'Test', name: 'Orders', dimensions: { shop: 'a' }, count: 3, sum: 9, min: 2, max: 4 },
    ]);
  });
});

describe('a full fleet', () => {
  it('makes room for another function, and keeps workers free of event sources for those who wait', async () => {
    // Arrange: three workers, of which queues may take one.
    const resources = {
      Q: queue(),
      R: role(allow(READING, [arnOf('Q')])),
      Held: lambda('worker', 'R'),
      M: mapping('Q', 'Held', { BatchSize: 1 }),
      ...Object.fromEntries(['A', 'B', 'C', 'D'].map((id) => [id, lambda('worker', 'R')])),
    };
    const small = await startFixture({ Main: { Resources: resources } }, bundles, { maxWorkers: 3 });
    const sqs = new SQSClient(clientOptions(small));
    const Entries = Array.from({ length: 6 }, (_, index) => ({ Id: `${index}`, MessageBody: 'x' }));

    // Act
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: small.queueUrl('Q'), Entries }));
    const answers: unknown[] = [];
    for (const id of ['A', 'B', 'C', 'D', 'A'])
      answers.push((await small.invoke(id, { do: 'calls' })).payload);
    await small.idle();

    // Assert: A was put out by the others and began anew.
    expect(answers).toEqual([1, 1, 1, 1, 1]);
    sqs.destroy();
  });
});

describe('metrics', () => {
  it.each([
    '',
    '{',
    '{"CloudWatchMetrics"',
    '{"_aws":{"CloudWatchMetrics":3}}',
    'plain "CloudWatchMetrics"',
    '{"a":1}',
  ])('ignore the line %s', (line) => {
    const store = new MetricStore();

    store.read(line);

    expect(store.list()).toEqual([]);
  });
});
