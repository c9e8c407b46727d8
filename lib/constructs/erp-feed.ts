import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { FilterRule, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { COMMAND_PREFIX } from '../../functions/storage/command-keys.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { STOCK_ITEM_SK } from '../../functions/storage/stock-keys.ts';
import { functionLink, queueLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { ERP } from '../erp-jobs.ts';
import { givenUpQueue, readStream } from './stream-reader.ts';

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
    this.unpublished = givenUpQueue(this, 'Unpublished');
    new CfnOutput(Stack.of(this), ERP_OUTPUTS.unpublished, {
      value: this.unpublished.queueUrl,
      description: 'Queue that names changes which could not be published',
    });
    this.bus = deployment.merchant.events.bus ? this.openBus() : undefined;
  }

  /** Lets the publisher read the stream of the orders table. */
  publish(publisher: LambdaFunction, orders: Table): void {
    readStream(publisher, 'Changes', orders, {
      sortKeys: [
        FilterRule.isEqual(ORDER_ROW_SK),
        FilterRule.beginsWith(COMMAND_PREFIX),
        ...(this.deployment.merchant.stock === undefined ? [] : [FilterRule.isEqual(STOCK_ITEM_SK)]),
      ],
      givenUp: this.unpublished,
    });
    const { alarms } = this.deployment;
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
