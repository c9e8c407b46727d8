import { appendFileSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleOptions, leanPackages } from '../../lib/bundles/bundler.ts';
import { leanErrors } from '../../lib/bundles/lean-errors.ts';
import { leanSdk } from '../../lib/bundles/lean-sdk.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { ROOT } from './assembly.ts';

const PACKAGES = join(ROOT, 'node_modules');
const folder = temporaryFolder('lean-sdk');

/** Answers what a client's first call throws when its service answers so. */
const CALLING = `
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const url = 'https://sqs.sa-east-1.amazonaws.com/1/queue';
const CALLS = {
  dynamodb: [DynamoDBClient, new GetItemCommand({ TableName: 't', Key: {} })],
  eventbridge: [EventBridgeClient, new PutEventsCommand({ Entries: [] })],
  'secrets-manager': [SecretsManagerClient, new GetSecretValueCommand({ SecretId: 's' })],
  sqs: [SQSClient, new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' })],
};

export async function failureOf(service, { status, headers, body }, region = 'sa-east-1') {
  const [Client, command] = CALLS[service];
  let calls = 0;
  let host;
  let trace;
  const requestHandler = {
    async handle(request) {
      calls += 1;
      host = request.hostname;
      trace = request.headers['X-Amzn-Trace-Id'];
      return { response: { statusCode: status, headers, body: Buffer.from(JSON.stringify(body)) } };
    },
  };
  const streamCollector = async (stream) => stream;
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const client = new Client({ region, credentials, requestHandler, streamCollector, maxAttempts: 2 });
  try {
    await client.send(command);
  } catch (error) {
    return { calls, host, trace, error };
  }
}
`;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: object;
}
interface Failure {
  calls: number;
  host: string;
  trace?: string;
  error: Error & Record<string, unknown>;
}
type FailureOf = (service: string, answer: Answer, region?: string) => Promise<Failure>;

function built(name: string, alias: Record<string, string>): FailureOf {
  const outfile = join(folder, `${name}.cjs`);
  buildSync({
    ...bundleOptions,
    sourcemap: false,
    alias,
    stdin: { contents: CALLING, resolveDir: ROOT },
    outfile,
  });
  return (createRequire(import.meta.url)(outfile) as { failureOf: FailureOf }).failureOf;
}

const plain = built('plain', bundleOptions.alias);
const lean = built('lean', leanPackages(folder));

const fileOf = (service: string, file: string) =>
  readFileSync(join(PACKAGES, `@aws-sdk/client-${service}/dist-es`, file), 'utf8');
const errorsOf = (service: string): string[] =>
  [...fileOf(service, 'models/errors.js').matchAll(/^export class (\w+)/gm)].map(([, name = '']) => name);
/** What a queue's errors were called before. */
const FORMER = new Map(
  [
    ...fileOf('sqs', 'schemas/schemas_0.js').matchAll(/^export var (\w+)\$ = .*\n.*\[_aQE\]: \[`([^`]+)`/gm),
  ].map(([, name = '', former = '']): [string, string] => [name, former]),
);

/** A service says what is its own fault by a status of its own. */
const statusOf = (name: string): number => (name.startsWith('Internal') ? 500 : 400);
const answerOf = (service: string, name: string): Answer => ({
  status: statusOf(name),
  headers: {
    'x-amzn-requestid': `request of ${name}`,
    ...(FORMER.has(name) && service === 'sqs' ? { 'x-amzn-query-error': `${FORMER.get(name)};Sender` } : {}),
  },
  body: { __type: `com.amazonaws.${service}#${name}`, message: `${name} for a reason` },
});

/** What functions look at in an error. */
const lookedAt = ({ calls, error }: Failure) => ({
  calls,
  name: error.name,
  message: error.message,
  metadata: error.$metadata,
  fault: error.$fault,
});

describe.each(['dynamodb', 'eventbridge', 'secrets-manager', 'sqs'])('the errors of %s', (service) => {
  // The SDK then waits for nothing before it tries again.
  beforeAll(() => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    return () => vi.restoreAllMocks();
  });
  const seenOf = async (failureOf: FailureOf, answers: readonly Answer[]) => {
    const failures = await Promise.all(answers.map((answer) => failureOf(service, answer)));
    return failures.map(lookedAt);
  };

  test('are told apart in a bundle as by the SDK, and tried again as often', async () => {
    const names = [...errorsOf(service), 'ValidationException', 'UnheardOf'];
    const answers = names.map((name) => answerOf(service, name));

    const ours = await seenOf(lean, answers);

    expect(ours).toEqual(await seenOf(plain, answers));
    expect(ours).toMatchObject(
      names.map((name) => ({
        name,
        message: `${name} for a reason`,
        metadata: { httpStatusCode: statusOf(name), requestId: `request of ${name}` },
      })),
    );
  });

  test('are tried again where its own servers fail', async () => {
    const answers = [answerOf(service, 'InternalFailure')];

    const ours = await seenOf(lean, answers);

    expect(ours).toEqual(await seenOf(plain, answers));
    expect(ours).toMatchObject([{ calls: 2, fault: 'server' }]);
  });
});

describe('an error of a table that functions look into', () => {
  const failed = (name: string, more: object) => {
    const { body, ...answer } = answerOf('dynamodb', name);
    return lean('dynamodb', { ...answer, body: { ...body, ...more } });
  };

  test('has the item that a condition met', async () => {
    const { error } = await failed('ConditionalCheckFailedException', { Item: { data: { B: 'aGVsbG8=' } } });

    expect(error.Item).toEqual({ data: { B: new Uint8Array(Buffer.from('hello')) } });
  });

  test('has why a transaction was cancelled', async () => {
    const { error } = await failed('TransactionCanceledException', {
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });

    expect(error.CancellationReasons).toEqual([{ Code: 'None' }, { Code: 'TransactionConflict' }]);
  });
});

test('a service is called in each region at the address that the SDK knows', async () => {
  const text = readFileSync(
    join(PACKAGES, '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js'),
    'utf8',
  );
  const regions = [...text.matchAll(/^ {16}"([\w-]+)": \{/gm)].map(([, region = '']) => region);
  const answer = answerOf('dynamodb', 'UnheardOf');
  const hostsOf = (failureOf: FailureOf) =>
    Promise.all(
      [...regions, 'eu-new-9'].map(async (region) => (await failureOf('dynamodb', answer, region)).host),
    );

  const hosts = await hostsOf(lean);

  expect(hosts).toEqual(await hostsOf(plain));
  expect(hosts).toEqual(
    expect.arrayContaining(['dynamodb.sa-east-1.amazonaws.com', 'dynamodb.cn-north-1.amazonaws.com.cn']),
  );
});

describe('a call of a service', () => {
  beforeEach(() => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'process');
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=of-the-environment');
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });
  const call = () => lean('dynamodb', answerOf('dynamodb', 'UnheardOf'));

  test('carries the trace of its invocation, which the runtime keeps', async () => {
    vi.stubGlobal('awslambda', { InvokeStore: { getXRayTraceId: () => 'Root=of-the-invocation' } });

    expect((await call()).trace).toBe('Root=of-the-invocation');
  });

  test("carries the environment's where the runtime keeps none", async () => {
    expect((await call()).trace).toBe('Root=of-the-environment');
  });
});

describe('a release of the SDK that is written otherwise', () => {
  const [models, schemas] = ['models/errors.js', 'schemas/schemas_0.js'].map((file) =>
    fileOf('dynamodb', file),
  );

  test.each([
    ['has a class more', `${models}export class Odd extends Other {\n}\n`, schemas],
    [
      'has a class without a schema',
      `${models}export class Odd extends __BaseException {\n    a;\n}\n`,
      schemas,
    ],
    ['has a schema of another shape', models, schemas?.replace('[-3, n0, _BIUE,', '[-3, n0, _BIUE, 0,')],
    ['has no errors', '', ''],
  ])('is not bundled: it %s', (_, changedModels = '', changedSchemas = '') => {
    expect(() => leanErrors(changedModels, changedSchemas)).toThrow('not written as they are known here');
  });

  test('is not bundled: its core has a name more where a file is another', () => {
    const packages = join(folder, 'changed');
    mkdirSync(join(packages, '@smithy'), { recursive: true });
    symlinkSync(join(PACKAGES, '@aws-sdk'), join(packages, '@aws-sdk'));
    cpSync(join(PACKAGES, '@smithy/core'), join(packages, '@smithy/core'), { recursive: true });
    const file = 'retry/util-retry/AdaptiveRetryStrategy.js';
    appendFileSync(join(packages, '@smithy/core/dist-es/submodules', file), 'export const more = 1;\n');

    const bundling = () => leanSdk(join(folder, 'of-changed'), packages);

    expect(bundling).toThrow(DeployError);
    expect(bundling).toThrow(
      `a function does not bundle: ${file} of the SDK is another: it exports AdaptiveRetryStrategy, more`,
    );
  });
});
