import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { COMMAND_PREFIX } from '../../functions/storage/command-keys.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { STOCK_ITEM_SK } from '../../functions/storage/stock-keys.ts';
import { functionLink, queueLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { ERP } from '../erp-jobs.ts';

/**
 * The stream keeps a record for 24 hours. One that could not be published by then is given up an hour earlier, so that
 * Lambda has the time to say which one it was.
 */
const GIVE_UP_AFTER = Duration.hours(23);

/** The ARN of the stream of the orders table. */
export function streamOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new Error('the orders table has no stream');
  return tableStreamArn;
}

/** The way from the orders table's stream into the feed. */
export class ErpFeed extends Construct {
  /** What names the changes that never came into the feed. It holds none of them. */
  readonly unpublished: Queue;
  /** Of merchants that want one. */
  readonly bus: EventBus | undefined;
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.deployment = deployment;
    this.unpublished = new Queue(this, 'Unpublished', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(this.unpublished).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'It is the dead-letter queue of the stream itself: nothing is received from it but by a person.',
    });
    new CfnOutput(Stack.of(this), ERP_OUTPUTS.unpublished, {
      value: this.unpublished.queueUrl,
      description: 'Queue that names changes which could not be published',
    });
    this.bus = deployment.merchant.events.bus ? this.openBus() : undefined;
  }

  /** Lets the publisher read the stream of the orders table. */
  publish(publisher: LambdaFunction, orders: Table): void {
    // Not the CDK's event source for tables: it grants more than Lambda needs to read one.
    publisher.addEventSourceMapping('Changes', {
      eventSourceArn: streamOf(orders),
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.isEqual(ORDER_ROW_SK) } } } }),
        FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.beginsWith(COMMAND_PREFIX) } } } }),
        FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.isEqual(STOCK_ITEM_SK) } } } }),
      ],
      // As many as a page takes.
      batchSize: 100,
      // A change is published as soon as it is read; what comes in a burst is one batch all the same.
      maxBatchingWindow: Duration.seconds(0),
      // Changes of one order stay in order.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Without a bound: giving a change up loses it, and trying again costs little.
      retryAttempts: -1,
      maxRecordAge: GIVE_UP_AFTER,
      onFailure: { bind: () => ({ destination: this.unpublished.queueArn }) },
    });
    const { alarms, merchant } = this.deployment;
    const about = { subject: `${ERP}-feed`, platform: ERP };
    alarms.raise(this, 'publisher-behind', {
      ...about,
      metric: publisher.metric('IteratorAge'),
      link: functionLink(publisher),
    });
    alarms.raise(this, 'changes-not-published', {
      ...about,
      metric: this.unpublished.metricApproximateNumberOfMessagesVisible(),
      link: queueLink(this.unpublished),
    });
    alarms.raise(this, 'feed-late', { ...about, link: functionLink(publisher) });
    if (merchant.events.bus)
      alarms.raise(this, 'bus-events-lost', { ...about, link: functionLink(publisher) });
  }

  private openBus(): EventBus {
    const bus = new EventBus(this, 'Bus', {
      description: `Events of Acopio ${this.deployment.merchant.name}`,
    });
    new CfnOutput(Stack.of(this), ERP_OUTPUTS.bus, {
      value: bus.eventBusName,
      description: 'Event bus that gets every event of the feed as well',
    });
    return bus;
  }
}
