import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { startCloud } from '../../local/cloud/cloud.ts';
import {
  allow,
  arnOf,
  httpApi,
  lambda,
  mapping,
  queue,
  READING,
  role,
  startFixture,
  stopAll,
  table,
} from './fixture.ts';

const echo = { echo: 'exports.handler = async (event) => event;' };
const start = (Resources: Parameters<typeof startFixture>[0][string]['Resources']) =>
  startFixture({ Main: { Resources } }, echo);

describe('a start that would differ from AWS', () => {
  afterAll(stopAll);

  it.each([
    [
      'an unknown resource type',
      { Bucket: { Type: 'AWS::S3::Bucket' } },
      /AWS::S3::Bucket.*Bucket.*stack Main/s,
    ],
    [
      'an unknown property',
      { Q: queue({ Colour: 'red' }) },
      /Q \(AWS::SQS::Queue\) of stack Main.*Colour.*schemas\.ts/s,
    ],
    ['a FIFO queue', { Q: queue({ FifoQueue: true }) }, /FifoQueue/],
    [
      'a table encrypted with a key of its own',
      { T: table({ SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'k' } }) },
      /KMSMasterKeyId/,
    ],
    [
      'an index name that DynamoDB refuses',
      {
        T: table({
          GlobalSecondaryIndexes: [
            {
              IndexName: 'a',
              KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
        }),
      },
      /DynamoDB would refuse T.*length greater than or equal to 3/s,
    ],
    [
      'a missing bundle',
      { R: role(), F: lambda('nothing', 'R') },
      /bundle of F.*npm run synth.*bundle-missing/s,
    ],
    [
      'a managed policy of unknown content',
      {
        R: {
          Type: 'AWS::IAM::Role',
          Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
        },
      },
      /AdministratorAccess.*build-authorizer\.ts/s,
    ],
    [
      'a condition operator that cannot be judged',
      { R: role(allow(['sqs:*'], ['*'], { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })) },
      /condition operator IpAddress/,
    ],
    [
      'a condition key that cannot be filled in',
      { R: role(allow(['sqs:*'], ['*'], { Condition: { StringEquals: { 'aws:UserAgent': 'x' } } })) },
      /condition key aws:UserAgent/,
    ],
    [
      'a mapping whose role may not read the queue',
      { Q: queue(), R: role(), F: lambda('echo', 'R'), M: mapping('Q', 'F') },
      /AWS would refuse M.*sqs:ReceiveMessage/s,
    ],
    [
      'a visibility timeout below the time of the function',
      {
        Q: queue({ VisibilityTimeout: 5 }),
        R: role(allow(READING, [arnOf('Q')])),
        F: lambda('echo', 'R'),
        M: mapping('Q', 'F'),
      },
      /visibility timeout \(5 s\) is below the function's \(10 s\)/,
    ],
    [
      'a schedule whose role may not run the function',
      {
        R: role(),
        F: lambda('echo', 'R'),
        S: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            ScheduleExpression: 'rate(1 minute)',
            Target: { Arn: arnOf('F'), RoleArn: arnOf('R') },
          },
        },
      },
      /S \(AWS::Scheduler::Schedule\).*can never run.*lambda:InvokeFunction/s,
    ],
  ])('%s', async (_, resources, message) => {
    await expect(start(resources as Parameters<typeof start>[0])).rejects.toThrow(message);
  });

  it('a folder without an assembly', async () => {
    await expect(startCloud({ assembly: '/nowhere' })).rejects.toThrow(
      /no cloud assembly in \/nowhere.*npm run synth/s,
    );
  });

  it('a port in use, in one line with the remedy', async () => {
    // Arrange
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;

    // Act
    const starting = startFixture({ Main: { Resources: {} } }, {}, { apiPort: port });

    // Assert
    await expect(starting).rejects.toMatchObject({ id: 'port-in-use' });
    await expect(starting).rejects.toThrow(`Port ${port} for the HTTP API is in use by another program.`);
    other.close();
  });

  it('an environment variable that the template does not set', async () => {
    const starting = startFixture({ Main: { Resources: { R: role(), F: lambda('echo', 'R') } } }, echo, {
      environment: { F: { URL: 'x' } },
    });

    await expect(starting).rejects.toThrow(/F .*has no environment variable URL/s);
  });
});

describe('references', () => {
  it('take a logical id, a path, the end of a path or the beginning of an id; other things list the candidates', async () => {
    // Arrange
    const cloud = await start({ IntakeA1: queue(), IntakeB2: queue(), Dead: queue() });

    // Assert
    const url = cloud.queueUrl('Dead');
    expect(url).toBe(`${cloud.endpoint}/000000000000/${url.split('/').at(-1)}`);
    expect([cloud.queueUrl('Main/Dead'), cloud.queueUrl('De')]).toEqual([url, url]);
    expect(() => cloud.queueUrl('Intake')).toThrow(/could be several: Main\/IntakeA1 .*Main\/IntakeB2/);
    expect(() => cloud.queueUrl('Other')).toThrow(/no queue "Other".*Main\/IntakeA1.*Main\/Dead/);
    expect(() => cloud.tableName('Dead')).toThrow(/no table "Dead". It has: none/);
    await cloud.stop();
  });
});

describe('stop', () => {
  it('leaves no worker, timer or open port, even with a function at work and messages waiting', async () => {
    // Arrange
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
    const cloud = await startFixture(
      {
        Main: {
          Resources: {
            Q: queue({ VisibilityTimeout: 600 }),
            R: role(allow(READING, [arnOf('Q')])),
            F: lambda('slow', 'R', { Timeout: 600 }),
            M: mapping('Q', 'F'),
            ...httpApi('F', 'GET /slow'),
          },
        },
      },
      { slow: 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 600_000));' },
      { schedules: 'on' },
    );
    const answer = fetch(`${cloud.apiUrl}/slow`).then(
      ({ status }) => status,
      () => 'closed',
    );
    await expect.poll(() => cloud.idle(0).catch(String)).toMatch(/Main-F-\w+ runs 1 times/);

    // Act
    const began = performance.now();
    await cloud.stop();

    // Assert
    // The function would go on for ten minutes.
    expect(performance.now() - began).toBeLessThan(60_000);
    expect([500, 503, 'closed']).toContain(await answer);
    await expect(fetch(cloud.apiUrl)).rejects.toThrow();
    await expect(fetch(cloud.endpoint)).rejects.toThrow();
    await expect
      .poll(
        () => process.getActiveResourcesInfo().filter((name) => /Worker|Timeout|TCPServer/.test(name)).length,
      )
      .toBeLessThanOrEqual(before.filter((name) => /Worker|Timeout|TCPServer/.test(name)).length + 1);
  });
});
