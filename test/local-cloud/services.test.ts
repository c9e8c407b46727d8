import { request } from 'node:http';
import { DynamoDBClient, ListTablesCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { allow, arnOf, clientOptions, lambda, queue, role, startFixture, stopAll, table } from './fixture.ts';

/** Calls every service in turn and answers with the error names. */
const caller = `
  const d = require('@aws-sdk/client-dynamodb'), q = require('@aws-sdk/client-sqs');
  const s = require('@aws-sdk/client-secrets-manager'), e = require('@aws-sdk/client-eventbridge');
  const { TABLE, QUEUE, SECRET, BUS } = process.env;
  const Key = { pk: { S: 'a' }, sk: { S: 'b' } };
  const calls = {
    get: () => new d.DynamoDBClient().send(new d.GetItemCommand({ TableName: TABLE, Key })),
    index: () => new d.DynamoDBClient().send(new d.QueryCommand({ TableName: TABLE, IndexName: 'byState',
      KeyConditionExpression: 'sk = :s', ExpressionAttributeValues: { ':s': { S: 'x' } } })),
    transaction: () => new d.DynamoDBClient().send(new d.TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: TABLE, Key } }] })),
    send: () => new q.SQSClient().send(new q.SendMessageCommand({ QueueUrl: QUEUE, MessageBody: 'x' })),
    secret: () => new s.SecretsManagerClient().send(new s.GetSecretValueCommand({ SecretId: SECRET })),
    event: () => new e.EventBridgeClient().send(new e.PutEventsCommand({ Entries: [{ EventBusName: BUS, Source: 'test', DetailType: 't', Detail: '{"a":1}' }] })),
  };
  exports.handler = async () => {
    const names = {};
    for (const [name, call] of Object.entries(calls)) names[name] = await call().then(() => 'allowed', (error) => error.name);
    return names;
  };`;

let cloud: Cloud;
beforeAll(async () => {
  const Environment = {
    Variables: { TABLE: { Ref: 'T' }, QUEUE: { Ref: 'Q' }, SECRET: { Ref: 'Given' }, BUS: { Ref: 'Bus' } },
  };
  cloud = await startFixture(
    {
      Main: {
        Resources: {
          T: table({
            GlobalSecondaryIndexes: [
              {
                IndexName: 'byState',
                KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }],
                Projection: { ProjectionType: 'ALL' },
              },
            ],
          }),
          Q: queue(),
          Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } },
          Given: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
          Generated: {
            Type: 'AWS::SecretsManager::Secret',
            Properties: {
              GenerateSecretString: {
                SecretStringTemplate: '{"user":"a"}',
                GenerateStringKey: 'password',
                ExcludeCharacters: 'abc',
                ExcludePunctuation: true,
              },
            },
          },
          Nobody: role(),
          Somebody: role(
            allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:DeleteItem'], [arnOf('T')]),
            allow(['dynamodb:Query'], [{ 'Fn::Join': ['', [arnOf('T'), '/index/byState']] }]),
            allow(['sqs:SendMessage'], [arnOf('Q')]),
            allow(['secretsmanager:GetSecretValue'], [{ Ref: 'Given' }]),
            allow(['events:PutEvents'], [arnOf('Bus')]),
          ),
          Refused: lambda('caller', 'Nobody', { Environment }),
          Allowed: lambda('caller', 'Somebody', { Environment }),
        },
      },
    },
    { caller },
    { secrets: { 'Main/Given': '{"token":"first"}' } },
  );
});
afterAll(stopAll);

describe('permissions, as a function sees them', () => {
  it('are refused in each service with the name of its own error', async () => {
    expect((await cloud.invoke('Refused', {})).payload).toEqual({
      get: 'AccessDeniedException',
      index: 'AccessDeniedException',
      transaction: 'AccessDeniedException',
      send: 'AccessDenied',
      secret: 'AccessDeniedException',
      event: 'AccessDeniedException',
    });
  });

  it('are enough when the role has them, and only the one taken away is missed', async () => {
    const all = {
      get: 'allowed',
      index: 'allowed',
      transaction: 'allowed',
      send: 'allowed',
      secret: 'allowed',
      event: 'allowed',
    };

    expect((await cloud.invoke('Allowed', {})).payload).toEqual(all);
    const undo = cloud.withoutPermission('Allowed', 'dynamodb:DeleteItem');
    expect((await cloud.invoke('Allowed', {})).payload).toEqual({
      ...all,
      transaction: 'AccessDeniedException',
    });
    undo();
    expect((await cloud.invoke('Allowed', {})).payload).toEqual(all);
  });
});

describe('secrets', () => {
  it('have the value they were given, and the next one after a rotation', async () => {
    // Arrange
    const client = new SecretsManagerClient(clientOptions(cloud));
    const SecretId = cloud.secretId('Given');
    const read = (VersionStage?: string) =>
      client.send(new GetSecretValueCommand({ SecretId, ...(VersionStage ? { VersionStage } : {}) }));

    // Act
    expect((await read()).SecretString).toBe('{"token":"first"}');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"token":"second"}' }));

    // Assert
    expect((await read()).SecretString).toBe('{"token":"second"}');
    expect((await read('AWSPREVIOUS')).SecretString).toBe('{"token":"first"}');
    const nobody = client.send(new GetSecretValueCommand({ SecretId: 'nobody' }));
    await expect(nobody).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('are generated as the template says', async () => {
    const client = new SecretsManagerClient(clientOptions(cloud));

    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: cloud.secretId('Generated') }),
    );

    expect(JSON.parse(SecretString!)).toEqual({
      user: 'a',
      password: expect.stringMatching(/^[d-zA-Z0-9]{32}$/),
    });
  });
});

describe('event buses', () => {
  it('keep what is put on them and name what is wrong per entry', async () => {
    // Arrange
    const client = new EventBridgeClient(clientOptions(cloud));
    const before = cloud.events('Bus').length;
    const good = {
      EventBusName: 'orders',
      Source: 'acopio',
      DetailType: 'order.created',
      Detail: '{"id":"1"}',
    };

    // Act
    const Entries = [good, { ...good, Detail: '{' }, { ...good, EventBusName: 'nobody' }];
    const { FailedEntryCount, Entries: results } = await client.send(new PutEventsCommand({ Entries }));

    // Assert
    expect(FailedEntryCount).toBe(2);
    expect(results?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'InvalidArgument',
    ]);
    expect(cloud.events('Bus').slice(before)).toEqual([
      {
        id: results?.[0]?.EventId,
        bus: 'orders',
        source: 'acopio',
        detailType: 'order.created',
        detail: { id: '1' },
        resources: [],
      },
    ]);
  });
});

describe('the gateway', () => {
  it('knows nobody without an access key of this cloud', async () => {
    const credentials = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };
    const client = new DynamoDBClient({ ...clientOptions(cloud), credentials });

    await expect(client.send(new ListTablesCommand({}))).rejects.toThrow(
      /does not know the access key "AKIASTRANGER"/,
    );
  });

  it.each([
    [
      'DynamoDB',
      () =>
        new DynamoDBClient(noRetry()).send(
          new UpdateTimeToLiveCommand({
            TableName: 'abc',
            TimeToLiveSpecification: { AttributeName: 'a', Enabled: true },
          }),
        ),
      /no dynamodb:UpdateTimeToLive/,
    ],
    [
      'SQS',
      () => new SQSClient(noRetry()).send(new CreateQueueCommand({ QueueName: 'new' })),
      /no sqs:CreateQueue/,
    ],
    [
      'EventBridge',
      () => new EventBridgeClient(noRetry()).send(new ListEventBusesCommand({})),
      /no events:ListEventBuses/,
    ],
  ])('says what it cannot do in %s', async (_, call, message) => {
    await expect(call()).rejects.toMatchObject({
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 501 },
    });
  });
});

const noRetry = () => ({ ...clientOptions(cloud), maxAttempts: 1 });

describe('who may call the gateway', () => {
  /** A page in a browser can lead a name of its own to this machine, and send what it likes with it. */
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${cloud.adminCredentials.accessKeyId}/1/r/dynamodb/aws4_request`;
      const headers = { host, authorization, 'x-amz-target': 'DynamoDB_20120810.ListTables' };
      request(cloud.endpoint, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end('{}');
    });

  it.each(['127.0.0.1:1', 'localhost', 'LOCALHOST:80', '[::1]:4566'])('answers for %s', async (host) => {
    expect(await statusFor(host)).not.toBe(421);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', 'a@localhost'])(
    'does not answer for %s',
    async (host) => {
      expect(await statusFor(host)).toBe(421);
    },
  );

  it('has another key for its tools in each start, and knows no old one', async () => {
    const other = await startFixture({ Main: { Resources: { R: role() } } }, {});
    const client = new DynamoDBClient({
      ...clientOptions(other),
      credentials: cloud.adminCredentials,
      maxAttempts: 1,
    });

    expect(cloud.adminCredentials.accessKeyId).toMatch(/^[A-Z0-9]{20}$/);
    expect(other.adminCredentials.accessKeyId).not.toBe(cloud.adminCredentials.accessKeyId);
    await expect(client.send(new ListTablesCommand({}))).rejects.toThrow('does not know the access key');
    client.destroy();
  });
});
