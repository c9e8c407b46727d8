import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  FilterCriteria,
  type FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * The stream keeps a record for 24 hours. One that could not be worked on by then is given up an hour earlier, so that
 * Lambda has the time to say which one it was.
 */
const GIVE_UP_AFTER = Duration.hours(23);

/** The ARN of the stream of the orders table. */
export function streamOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new Error('the orders table has no stream');
  return tableStreamArn;
}

/** A queue that names the changes that a reader of the stream gave up. It holds none of them. */
export function givenUpQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue of the stream itself: nothing is received from it but by a person.',
  });
  return queue;
}

/** Which items of the table a reader is told of: by the form of their sort keys. */
type SortKeys = ReturnType<(typeof FilterRule)['isEqual' | 'beginsWith']>;

/** Lets a function read the stream of the orders table, of which there may be two readers. */
export function readStream(
  reader: LambdaFunction,
  id: string,
  orders: Table,
  { sortKeys, givenUp }: { sortKeys: readonly SortKeys[]; givenUp: Queue },
): void {
  // Not the CDK's event source for tables: it grants more than Lambda needs to read one.
  reader.addEventSourceMapping(id, {
    eventSourceArn: streamOf(orders),
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: sortKeys.map((sk) => FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: sk } } } })),
    batchSize: 100,
    // A change is worked on as soon as it is read; what comes in a burst is one batch all the same.
    maxBatchingWindow: Duration.seconds(0),
    // Changes of one order stay in order.
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    // Without a bound: giving a change up loses it, and trying again costs little.
    retryAttempts: -1,
    maxRecordAge: GIVE_UP_AFTER,
    onFailure: { bind: () => ({ destination: givenUp.queueArn }) },
  });
}
