import { Duration, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ImotrizSettings } from '../../functions/contract/settings.ts';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction } from './acopio-function.ts';
import { CONTROL_TABLE_ACTIONS } from './order-consumer.ts';

export interface OrderPollerProps {
  readonly deployment: Deployment;
  readonly settings: ImotrizSettings;
  readonly queue: Queue;
  readonly control: Table;
  readonly secret: Secret;
}

/**
 * Drains iMotriz on a schedule. A missed run needs no replay, because the next one reads the same orders: neither
 * Lambda nor the schedule retries for longer than one interval, and there is no dead-letter queue for ticks.
 */
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
    this.poller.function.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(everyMinutes),
    });
    this.schedule(everyMinutes);
  }

  private schedule(everyMinutes: number): void {
    const { functionArn } = this.poller.function;
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `Polls iMotriz every ${everyMinutes} min`,
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`,
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: everyMinutes * 60 },
      },
    });
    // The role's permission, too, has to be there before the first tick.
    schedule.node.addDependency(role);
  }
}
