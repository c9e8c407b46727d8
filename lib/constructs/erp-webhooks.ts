import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { functionLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { ERP } from '../erp-jobs.ts';
import { scheduleFunction } from './acopio-function.ts';

/** AWS asks for six times the consumer's timeout, so that retries of the event source itself fit into one receive. */
const VISIBILITY_TIMES_TIMEOUT = 6;
/** Longer than the longest delay and a failed receive. Whoever is not served by then was announced again every minute. */
const RETENTION = Duration.hours(1);
/** Each run sends to all endpoints that it was told of, up to eight events at a time to each: two are plenty. */
const MOST_RUNS = 2;
const SWEEP_EVERY_MINUTES = 1;

/** What sends the feed to the merchant's endpoints, and what looks after work that was announced in vain. */
export class ErpWebhooks extends Construct {
  /**
   * Names endpoints that have work, and holds nothing worth keeping: how far each has come stands in the table, and the
   * sweep announces again what is overdue. So there is no dead-letter queue, and it goes with its stack.
   */
  readonly deliveries: Queue;
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, deployment: Deployment, delivererTimeout: Duration) {
    super(scope, id);
    this.deployment = deployment;
    this.deliveries = new Queue(this, 'Deliveries', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
      visibilityTimeout: Duration.seconds(delivererTimeout.toSeconds() * VISIBILITY_TIMES_TIMEOUT),
    });
    Validations.of(this.deliveries).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'Its messages are hints that the sweep repeats every minute: a dead one has nothing to be kept for.',
    });
    new CfnOutput(Stack.of(this), ERP_OUTPUTS.deliveries, {
      value: this.deliveries.queueUrl,
      description: 'Queue of endpoints that have work',
    });
  }

  /** Lets the deliverer work on what is announced. */
  deliver(deliverer: LambdaFunction): void {
    const { alarms } = this.deployment;
    // Not the CDK's event source for queues: it grants more than Lambda needs to read one.
    deliverer.addEventSourceMapping('Deliveries', {
      eventSourceArn: this.deliveries.queueArn,
      batchSize: 10,
      maxConcurrency: MOST_RUNS,
    });
    const about = { subject: `${ERP}-webhooks`, platform: ERP, link: functionLink(deliverer) };
    alarms.raise(this, 'endpoint-failing', about);
    alarms.raise(this, 'endpoint-stopped', about);
    alarms.raise(this, 'events-set-aside', about);
  }

  /** Lets the sweep run every minute. */
  sweep(sweeper: LambdaFunction): void {
    scheduleFunction(this, sweeper, [
      {
        storeId: 'Sweep',
        everyMinutes: SWEEP_EVERY_MINUTES,
        description: 'Looks for work that is overdue and announces it again',
        input: {},
      },
    ]);
    const about = { subject: `${ERP}-sweep`, platform: ERP, link: functionLink(sweeper) };
    this.deployment.alarms.raise(this, 'sweep-not-running', about);
  }
}
