import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { functionLink, queueLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { ERP } from '../erp-jobs.ts';
import { streamOf } from './erp-feed.ts';

/** A record that could not be followed by then is given up an hour before the stream loses it. */
const GIVE_UP_AFTER = Duration.hours(23);

/** The way from the orders table's stream to the claims on the stock: the second and last reader that a stream may have. */
export class ErpStock extends Construct {
  /** What names the orders that were never followed. It holds none of them. */
  readonly unfollowed: Queue;
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.deployment = deployment;
    this.unfollowed = new Queue(this, 'Unfollowed', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(this.unfollowed).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'It is the dead-letter queue of the stream itself: nothing is received from it but by a person.',
    });
  }

  /** Lets the tracker read the stream of the orders table. */
  follow(tracker: LambdaFunction, orders: Table): void {
    // Not the CDK's event source for tables: it grants more than Lambda needs to read one.
    tracker.addEventSourceMapping('Rows', {
      eventSourceArn: streamOf(orders),
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.isEqual(ORDER_ROW_SK) } } } }),
      ],
      batchSize: 100,
      // Each second counts until the other channels show less.
      maxBatchingWindow: Duration.seconds(0),
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: -1,
      maxRecordAge: GIVE_UP_AFTER,
      onFailure: { bind: () => ({ destination: this.unfollowed.queueArn }) },
    });
    const { alarms } = this.deployment;
    const about = { subject: `${ERP}-stock`, platform: ERP };
    alarms.raise(this, 'stock-behind', {
      ...about,
      metric: tracker.metric('IteratorAge'),
      link: functionLink(tracker),
    });
    alarms.raise(this, 'stock-not-claimed', {
      ...about,
      metric: this.unfollowed.metricApproximateNumberOfMessagesVisible(),
      link: queueLink(this.unfollowed),
    });
  }
}
