import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

const client = new SQSClient({});

/** The least that "durable before acknowledged" can cost: the body into a queue, and an answer. No proof, no check. */
export const handler = async (event: APIGatewayProxyEventV2) => {
  await client.send(
    new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.body ?? '' }),
  );
  return { statusCode: 200, body: '' };
};
