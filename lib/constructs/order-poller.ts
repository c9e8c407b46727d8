import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ImotrizSettings } from '../../functions/platforms/settings.ts';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction } from './acopio-function.ts';
import { scheduleFunction } from './function-schedule.ts';
import { CONTROL_TABLE_ACTIONS } from './order-consumer.ts';

export interface OrderPollerProps {
  readonly deployment: Deployment;
  readonly settings: ImotrizSettings;
  readonly queue: Queue;
  readonly control: Table;
  readonly secret: Secret;
}

/** Drains iMotriz on a schedule: a run that is missed leaves its orders to the next, which reads the same list. */
export class OrderPoller extends Construct {
  readonly poller: AcopioFunction<'imotriz-poll'>;

  constructor(scope: Construct, id: string, props: OrderPollerProps) {
    super(scope, id);
    const { everyMinutes } = props.settings.poll;
    this.poller = new AcopioFunction(this, 'Poller', {
      name: 'imotriz-poll',
      deployment: props.deployment,
      description: 'Reads new orders of iMotriz into the intake queue, page by page',
      timeout: Duration.seconds(120),
      memorySize: 512,
      variables: {
        QUEUE_URL: props.queue.queueUrl,
        SECRET_ID: props.secret.secretArn,
        CONTROL_TABLE: props.control.tableName,
        SETTINGS: JSON.stringify(props.settings),
      },
    });
    this.poller.allow(['sqs:SendMessage'], [props.queue.queueArn]);
    this.poller.allow(['secretsmanager:GetSecretValue'], [props.secret.secretArn]);
    this.poller.allow(CONTROL_TABLE_ACTIONS, [props.control.tableArn]);
    scheduleFunction(this, this.poller.function, {
      everyMinutes,
      description: `Polls iMotriz every ${everyMinutes} min`,
    });
  }
}
