import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, type ITable, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  Code,
  FilterCriteria,
  FilterRule,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';

const source = `
  const { DynamoDBClient, PutItemCommand, GetItemCommand } = require('@aws-sdk/client-dynamodb');
  const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
  const { TABLE, QUEUE } = process.env;
  exports.handler = async (event) => {
    const Key = { pk: { S: 'seen' } };
    if (event.Records) {
      await new DynamoDBClient().send(new PutItemCommand({ TableName: TABLE, Item: { ...Key, body: { S: event.Records[0].body } } }));
      return { batchItemFailures: [] };
    }
    if (event.read) return (await new DynamoDBClient().send(new GetItemCommand({ TableName: TABLE, Key }))).Item;
    await new SQSClient().send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: event.body ?? 'scheduled' }));
    return { statusCode: 202 };
  };
  exports.follow = async ({ Records }) => {
    console.log('followed ' + Records.map(({ dynamodb }) => dynamodb.NewImage.body.S));
    return { batchItemFailures: [] };
  };`;

let cloud: Cloud;
let folder: string;
const lines: string[] = [];

/** An app of two stacks with the constructs that make the most of CloudFormation. */
function synthesize(): string {
  mkdirSync(join(folder, 'bundle'));
  writeFileSync(join(folder, 'bundle', 'index.js'), source);
  const app = new App({ outdir: join(folder, 'assembly'), analyticsReporting: false });
  const data = new Stack(app, 'Data');
  const table = new TableV2(data, 'Orders', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
  });
  const stack = new Stack(app, 'Integration');
  const deadLetterQueue = { queue: new Queue(stack, 'Dead', { enforceSSL: true }), maxReceiveCount: 3 };
  const queue = new Queue(stack, 'Queue', {
    enforceSSL: true,
    deadLetterQueue,
    visibilityTimeout: Duration.seconds(60),
  });
  const handler = new LambdaFunction(stack, 'Worker', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(join(folder, 'bundle')),
    tracing: Tracing.ACTIVE,
    environment: { TABLE: table.tableName, QUEUE: queue.queueUrl },
  });
  table.grantReadWriteData(handler);
  queue.grantSendMessages(handler);
  handler.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true, maxConcurrency: 2 }));
  const follower = new LambdaFunction(stack, 'Follower', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.follow',
    code: Code.fromAsset(join(folder, 'bundle')),
  });
  follower.addEventSource(
    new DynamoEventSource(table as ITable, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 50,
      maxBatchingWindow: Duration.seconds(0),
      parallelizationFactor: 2,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(2),
      reportBatchItemFailures: true,
      onFailure: new SqsDlq(new Queue(stack, 'Discarded', { enforceSSL: true })),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { NewImage: { pk: { S: FilterRule.beginsWith('se') } } },
        }),
      ],
    }),
  );
  const api = new HttpApi(stack, 'Api');
  const integration = new HttpLambdaIntegration('Integration', handler);
  api.addRoutes({ path: '/hook', methods: [HttpMethod.POST], integration });
  new Schedule(stack, 'Poll', {
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    target: new LambdaInvoke(handler, { input: ScheduleTargetInput.fromObject({ scheduled: true }) }),
  });
  new CfnOutput(stack, 'HookUrl', { value: `${api.url}hook` });
  return app.synth().directory;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-cdk-'));
  cloud = await startCloud({
    assembly: synthesize(),
    schedules: 'off',
    onFunctionLog: (_, line) => lines.push(line),
  });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

describe('an app that the CDK synthesized', () => {
  it('runs with the grants it was given, over stacks, its function behind a stream too', async () => {
    const response = await fetch(cloud.outputs.HookUrl!, { method: 'POST', body: 'from the hook' });
    await cloud.idle();

    expect(response.status).toBe(202);
    expect((await cloud.invoke('Integration/Worker', { read: true })).payload).toMatchObject({
      body: { S: 'from the hook' },
    });
    expect(lines.filter((line) => line.startsWith('followed'))).toEqual(['followed from the hook']);
  });

  it('has its schedule', async () => {
    await cloud.fire('Integration/Poll');
    await cloud.idle();

    expect((await cloud.invoke('Worker', { read: true })).payload).toMatchObject({
      body: { S: 'scheduled' },
    });
  });
});
