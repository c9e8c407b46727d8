import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Platform } from '../../functions/platforms/names.ts';
import { queueLink } from '../alarms/console-links.ts';
import type { AlarmRegistry } from '../alarms/registry.ts';

/** AWS asks for six times the consumer's timeout, so that retries of the event source itself fit into one receive. */
const VISIBILITY_TIMES_TIMEOUT = 6;
/** Receives after which a message is put aside. Waiting for a token is a re-send and starts the count anew. */
const MAX_RECEIVES = 5;
/** The longest that SQS knows. A dead letter keeps the age it had, so the queue in front gets no less. */
const RETENTION = Duration.days(14);

export interface WorkQueueProps {
  readonly alarms: AlarmRegistry;
  readonly platform: Platform;
  readonly consumerTimeout: Duration;
}

/**
 * A queue with its dead-letter queue: encrypted, TLS only, 14 days. Retained, because a message in it is an order whose
 * sender was told that it is safe.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      removalPolicy: RemovalPolicy.RETAIN,
      visibilityTimeout: Duration.seconds(props.consumerTimeout.toSeconds() * VISIBILITY_TIMES_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    this.nameUrls(props.platform);
    const about = { subject: `${props.platform}-intake`, platform: props.platform };
    props.alarms.raise(this, 'dead-letters-waiting', {
      ...about,
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible(),
      link: queueLink(this.deadLetters),
    });
    props.alarms.raise(this, 'queue-standing-still', {
      ...about,
      metric: this.queue.metricApproximateAgeOfOldestMessage(),
      link: queueLink(this.queue),
    });
  }

  /** The operator's tools find the queues by these outputs. */
  private nameUrls(platform: Platform): void {
    const name = `${platform.charAt(0).toUpperCase()}${platform.slice(1)}`;
    new CfnOutput(Stack.of(this), `${name}IntakeQueueUrl`, {
      value: this.queue.queueUrl,
      description: `Queue that orders from ${platform} come in by`,
    });
    new CfnOutput(Stack.of(this), `${name}DeadLettersUrl`, {
      value: this.deadLetters.queueUrl,
      description: `Where messages from ${platform} lie that failed too often`,
    });
  }
}
