import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { queueOutputs } from '../../config/output-names.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import type { AlarmRegistry } from '../alarms/registry.ts';
import { queueLink } from '../alarms/registry.ts';

/** AWS asks for six times the consumer's timeout, so that retries of the event source itself fit into one receive. */
const VISIBILITY_TIMES_TIMEOUT = 6;
/** Receives after which a message goes to the dead-letter queue. One that waits for the platform is sent anew, and counted anew. */
const MAX_RECEIVES = 5;
/** The longest that SQS knows. A message keeps its age in the dead-letter queue, so both queues get the same. */
const RETENTION = Duration.days(14);

export interface WorkQueueProps {
  readonly alarms: AlarmRegistry;
  readonly platform: Pick<Platform, 'name' | 'title'>;
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
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      visibilityTimeout: Duration.seconds(props.consumerTimeout.toSeconds() * VISIBILITY_TIMES_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    this.nameUrls(props.platform);
    const about = { subject: `${props.platform.name}-intake`, platform: props.platform.name };
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

  /** The operator's commands find the queues by these outputs. */
  private nameUrls({ name, title }: WorkQueueProps['platform']): void {
    const outputs = queueOutputs(name);
    new CfnOutput(Stack.of(this), outputs.intake, {
      value: this.queue.queueUrl,
      description: `Intake queue of ${title}`,
    });
    new CfnOutput(Stack.of(this), outputs.deadLetters, {
      value: this.deadLetters.queueUrl,
      description: `Dead-letter queue of ${title}`,
    });
  }
}
