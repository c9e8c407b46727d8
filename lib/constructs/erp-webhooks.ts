import type { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DELIVERERS } from '../../config/concurrency.ts';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { functionLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { ERP } from '../erp-jobs.ts';
import { scheduleFunction } from './acopio-function.ts';
import { hintQueue } from './hint-queue.ts';

const SWEEP_EVERY_MINUTES = 1;

/** What sends the feed to the merchant's endpoints, and what looks after work that was announced in vain. */
export class ErpWebhooks extends Construct {
  /** Names endpoints that have work; how far each has come stands in the table. */
  readonly deliveries: Queue;
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, deployment: Deployment, delivererTimeout: Duration) {
    super(scope, id);
    this.deployment = deployment;
    this.deliveries = hintQueue(this, 'Deliveries', {
      consumerTimeout: delivererTimeout,
      output: ERP_OUTPUTS.deliveries,
      names: 'endpoints that have work',
    });
  }

  /** Lets the deliverer work on what is announced. */
  deliver(deliverer: LambdaFunction): void {
    const { alarms } = this.deployment;
    // Not the CDK's event source for queues: it grants more than Lambda needs to read one.
    deliverer.addEventSourceMapping('Deliveries', {
      eventSourceArn: this.deliveries.queueArn,
      batchSize: 10,
      maxConcurrency: DELIVERERS,
    });
    const about = { subject: `${ERP}-webhooks`, platform: ERP, link: functionLink(deliverer) };
    alarms.raise(this, 'endpoint-failing', about);
    alarms.raise(this, 'endpoint-stopped', about);
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
    this.deployment.alarms.raise(this, 'sweep-not-running', {
      subject: `${ERP}-sweep`,
      platform: ERP,
      metric: sweeper.metricInvocations(),
      link: functionLink(sweeper),
    });
  }
}
