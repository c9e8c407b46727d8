import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { Platform } from '../../functions/platforms/names.ts';
import { raiseOrderAlarms } from '../alarms/channel-alarms.ts';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction, type AcopioFunctionProps } from './acopio-function.ts';
import { WorkQueue } from './work-queue.ts';

export type ConsumerName = 'nuvemshop-orders' | 'pedidosya-orders' | 'imotriz-orders';

export interface OrderConsumerProps<N extends ConsumerName> {
  readonly name: N;
  readonly platform: Platform;
  readonly deployment: Deployment;
  readonly description: string;
  readonly orders: Table;
  readonly control: Table;
  /** Copies that may work at once: with the batch size, how far one platform can press on the others' capacity. */
  readonly maxConcurrency: number;
  /** How long a batch may gather; absent where each message is worth a call of its own. */
  readonly batchingWindow?: Duration;
  /** Completes the variables that all consumers share by those of this one. */
  readonly variables: (shared: ConsumerVariables) => AcopioFunctionProps<N>['variables'];
}

export type ConsumerVariables = Record<'QUEUE_URL' | 'ORDERS_TABLE' | 'CONTROL_TABLE' | 'RAW_DAYS', string>;

/** A call may wait 30 s inside the platform's limit, and a refused token makes it a second one. */
const TIMEOUT = Duration.seconds(90);

export const ORDERS_TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:Query',
  'dynamodb:BatchWriteItem',
] as const;
export const CONTROL_TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:Query',
] as const;

/** The intake queue of one platform and the function that turns its messages into orders. */
export class OrderConsumer<N extends ConsumerName> extends Construct {
  readonly intake: WorkQueue;
  readonly consumer: AcopioFunction<N>;

  constructor(scope: Construct, id: string, props: OrderConsumerProps<N>) {
    super(scope, id);
    const { alarms } = props.deployment;
    this.intake = new WorkQueue(this, 'Intake', {
      consumerTimeout: TIMEOUT,
      alarms,
      platform: props.platform,
    });
    const { queue } = this.intake;
    this.consumer = new AcopioFunction<N>(this, 'Consumer', {
      name: props.name,
      deployment: props.deployment,
      description: props.description,
      timeout: TIMEOUT,
      memorySize: 512,
      variables: props.variables({
        QUEUE_URL: queue.queueUrl,
        ORDERS_TABLE: props.orders.tableName,
        CONTROL_TABLE: props.control.tableName,
        RAW_DAYS: String(props.deployment.merchant.rawDays),
      }),
    });
    this.consumer.function.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: props.maxConcurrency,
        ...(props.batchingWindow === undefined ? {} : { maxBatchingWindow: props.batchingWindow }),
      }),
    );
    raiseOrderAlarms(this, { alarms, platform: props.platform });
    // A message that has to wait is sent again with a delay.
    this.consumer.allow(['sqs:SendMessage'], [queue.queueArn]);
    this.consumer.allow(ORDERS_TABLE_ACTIONS, [props.orders.tableArn]);
    this.consumer.allow(CONTROL_TABLE_ACTIONS, [props.control.tableArn]);
  }
}
