import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** AWS asks for six times the consumer's timeout, so that retries of the event source itself fit into one receive. */
const VISIBILITY_TIMES_TIMEOUT = 6;
/** Longer than the longest delay and a failed receive. Whoever is not served by then was announced again every minute. */
const RETENTION = Duration.hours(1);

interface HintQueueProps {
  readonly consumerTimeout: Duration;
  /** The output by which the operator's commands find it. */
  readonly output: string;
  /** What its messages name. */
  readonly names: string;
}

/**
 * A queue that names what has work, and holds nothing worth keeping: how far the work has come stands in the table, and the
 * sweep announces again what is overdue. So there is no dead-letter queue, and it goes with its stack.
 */
export function hintQueue(
  scope: Construct,
  id: string,
  { consumerTimeout, output, names }: HintQueueProps,
): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: RETENTION,
    removalPolicy: RemovalPolicy.DESTROY,
    visibilityTimeout: Duration.seconds(consumerTimeout.toSeconds() * VISIBILITY_TIMES_TIMEOUT),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'Its messages are hints that the sweep repeats every minute: a dead one has nothing to be kept for.',
  });
  new CfnOutput(Stack.of(scope), output, { value: queue.queueUrl, description: `Queue of ${names}` });
  return queue;
}
