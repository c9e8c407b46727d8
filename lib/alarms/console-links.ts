import { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Pages of the AWS console, for alarm texts. The region must be known when the stack is synthesized. */

const consoleOf = (region: string, service: string): string =>
  `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#`;

/** A queue's page: its messages, and how to poll or redrive them. */
export function queueLink(queue: Queue): string {
  const { region, account } = Stack.of(queue);
  const url = ['https:', '', `sqs.${region}.amazonaws.com`, account, queue.queueName];
  return `${consoleOf(region, 'sqs/v3')}/queues/${url.join('%2F').replace(':', '%3A')}`;
}

/** A function's page with its graphs and logs. */
export function functionLink(lambda: LambdaFunction): string {
  return `${consoleOf(Stack.of(lambda).region, 'lambda')}/functions/${lambda.functionName}?tab=monitoring`;
}
