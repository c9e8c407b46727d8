import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
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
  table,
} from './fixture.ts';

const receiver = `
  const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
  const sqs = new SQSClient({});
  exports.handler = async (event) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.body }));
    return { statusCode: 202, body: 'kept' };
  };`;
const consumer = `
  const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({});
  exports.handler = async ({ Records }) => {
    const batchItemFailures = [];
    for (const record of Records) {
      try {
        const { id } = JSON.parse(record.body);
        await client.send(new PutItemCommand({
          TableName: process.env.TABLE, Item: { pk: { S: id }, sk: { S: 'order' }, by: { S: record.messageId } } }));
      } catch (error) {
        console.log(JSON.stringify({ name: error.name }));
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures };
  };`;

const app = {
  Data: {
    Resources: { Orders: table() },
    Outputs: {
      Exported: { Value: { Ref: 'Orders' }, Export: { Name: 'Data:Orders' } },
      ExportedArn: { Value: arnOf('Orders'), Export: { Name: 'Data:OrdersArn' } },
    },
  },
  Integration: {
    Resources: {
      Dead: queue(),
      Intake: queue({
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 2 },
      }),
      ReceiverRole: role(allow(['sqs:SendMessage'], [arnOf('Intake')])),
      Receiver: lambda('receiver', 'ReceiverRole', {
        Environment: { Variables: { QUEUE_URL: { Ref: 'Intake' } } },
      }),
      ConsumerRole: role(
        allow(READING, [arnOf('Intake')]),
        allow(['dynamodb:PutItem'], [{ 'Fn::ImportValue': 'Data:OrdersArn' }]),
      ),
      Consumer: lambda('consumer', 'ConsumerRole', {
        Environment: { Variables: { TABLE: { 'Fn::ImportValue': 'Data:Orders' } } },
      }),
      Mapping: mapping('Intake', 'Consumer'),
      ...httpApi('Receiver', 'POST /webhooks'),
    },
    Outputs: {
      Url: { Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }, '/webhooks']] } },
    },
  },
};
const bundles = { receiver, consumer };

describe('an order on its way through the local cloud', () => {
  afterAll(stopAll);

  it('goes from the webhook over the queue into the table of another stack', async () => {
    // Arrange
    const cloud = await startFixture(app, bundles);
    const dynamodb = new DynamoDBClient(clientOptions(cloud));

    // Act
    const response = await fetch(cloud.outputs.Url!, { method: 'POST', body: JSON.stringify({ id: 'A-1' }) });
    await cloud.idle();

    // Assert
    expect(response.status).toBe(202);
    const row = await dynamodb.send(
      new GetItemCommand({
        TableName: cloud.tableName('Orders'),
        Key: { pk: { S: 'A-1' }, sk: { S: 'order' } },
      }),
    );
    expect(row.Item?.by?.S).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets a function lose a permission, which it sees as AccessDenied until the message is dead', async () => {
    // Arrange
    const lines: string[] = [];
    const cloud = await startFixture(app, bundles, { onFunctionLog: (_, line) => lines.push(line) });
    const restore = cloud.withoutPermission('Consumer', 'dynamodb:PutItem');

    // Act: both receives fail, then the message is moved.
    await fetch(cloud.outputs.Url!, { method: 'POST', body: JSON.stringify({ id: 'A-2' }) });
    await waitFor(() => lines.length === 1);
    await waitFor(() => {
      cloud.endWaits();
      return cloud.peek('Dead').length === 1;
    });
    restore();

    // Assert
    expect(lines).toEqual(Array(2).fill('{"name":"AccessDeniedException"}'));
    expect(JSON.parse(cloud.peek('Dead')[0]!.body)).toEqual({ id: 'A-2' });
    await cloud.idle();
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 20 }).toBe(true);
}
