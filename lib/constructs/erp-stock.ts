import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterRule, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { functionLink, queueLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { ERP } from '../erp-jobs.ts';
import { scheduleFunction } from './acopio-function.ts';
import { givenUpQueue, readStream } from './stream-reader.ts';

/** UTC: the night of every country that the platforms are in. */
const QUIET_HOUR = { hour: 7, minute: 30 };

/**
 * The way from the orders table's stream to the claims on the stock, and to the texts by which orders are found: the second and
 * last reader that a stream may have.
 */
export class ErpStock extends Construct {
  /** What names the orders that were never followed. It holds none of them. */
  readonly unfollowed: Queue;
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.deployment = deployment;
    this.unfollowed = givenUpQueue(this, 'Unfollowed');
    new CfnOutput(Stack.of(this), ERP_OUTPUTS.unfollowed, {
      value: this.unfollowed.queueUrl,
      description: 'Queue that names orders which could not be followed',
    });
  }

  /** Lets the tracker read the stream of the orders table. */
  follow(tracker: LambdaFunction, orders: Table): void {
    readStream(tracker, 'Rows', orders, {
      sortKeys: [FilterRule.isEqual(ORDER_ROW_SK)],
      givenUp: this.unfollowed,
    });
    const { alarms, merchant } = this.deployment;
    const about = { subject: `${ERP}-stock`, platform: ERP };
    const givenUp = {
      ...about,
      metric: this.unfollowed.metricApproximateNumberOfMessagesVisible(),
      link: queueLink(this.unfollowed),
    };
    // A search that is late harms nobody.
    if (merchant.stock === undefined) return void alarms.raise(this, 'orders-not-noted', givenUp);
    alarms.raise(this, 'stock-behind', {
      ...about,
      metric: tracker.metric('IteratorAge'),
      link: functionLink(tracker),
    });
    alarms.raise(this, 'stock-not-claimed', givenUp);
  }
  /** Lets what the channels show be compared every night. */
  compare(comparer: LambdaFunction): void {
    scheduleFunction(this, comparer, [
      {
        storeId: 'Compare',
        everyMinutes: 24 * 60,
        dailyAt: QUIET_HOUR,
        description: 'Compares what the channels show with what they were told of stock',
        input: {},
      },
    ]);
    const { alarms } = this.deployment;
    const about = { subject: `${ERP}-stock`, platform: ERP };
    alarms.raise(this, 'stock-not-compared', { ...about, link: functionLink(comparer) });
    alarms.raise(this, 'stock-late', about);
  }
}
