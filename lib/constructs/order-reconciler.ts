import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Platform } from '../../functions/platforms/names.ts';
import { raiseReconcileAlarms } from '../alarms/channel-alarms.ts';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction, type AcopioFunctionProps } from './acopio-function.ts';
import { scheduleFunction } from './function-schedule.ts';
import { CONTROL_TABLE_ACTIONS } from './order-consumer.ts';

export type ReconcilerName = 'nuvemshop-reconcile' | 'pedidosya-reconcile' | 'imotriz-reconcile';

type ReconcilerVariables = Record<'ORDERS_TABLE' | 'CONTROL_TABLE' | 'SECRET_ID', string>;

export interface OrderReconcilerProps<N extends ReconcilerName> {
  readonly name: N;
  readonly platform: Platform;
  readonly deployment: Deployment;
  readonly description: string;
  readonly everyMinutes: number;
  readonly orders: Table;
  readonly control: Table;
  readonly secret: Secret;
  /** What it may do with the orders table. */
  readonly ordersActions: readonly string[];
  /** Completes the variables that all reconcilers share by those of this one. */
  readonly variables: (shared: ReconcilerVariables) => AcopioFunctionProps<N>['variables'];
}

/** Longer than a run needs for what it may wait for the platform's limit; what is left then is the next run's. */
const TIMEOUT = Duration.minutes(5);

/** For reconcilers that record what the platform's list carries. */
export const RECORDING_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:DeleteItem',
  'dynamodb:Query',
] as const;

/** Compares on a schedule what a platform lists with what the table has, because pushes get lost. */
export class OrderReconciler<N extends ReconcilerName> extends Construct {
  readonly reconciler: AcopioFunction<N>;

  constructor(scope: Construct, id: string, props: OrderReconcilerProps<N>) {
    super(scope, id);
    const { deployment, everyMinutes, orders, control, secret, platform } = props;
    this.reconciler = new AcopioFunction<N>(this, 'Reconciler', {
      name: props.name,
      deployment,
      description: props.description,
      timeout: TIMEOUT,
      memorySize: 512,
      variables: props.variables({
        ORDERS_TABLE: orders.tableName,
        CONTROL_TABLE: control.tableName,
        SECRET_ID: secret.secretArn,
      }),
    });
    this.reconciler.allow(props.ordersActions, [orders.tableArn]);
    this.reconciler.allow(CONTROL_TABLE_ACTIONS, [control.tableArn]);
    this.reconciler.allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
    scheduleFunction(this, this.reconciler.function, {
      everyMinutes,
      description: `Reconciles ${platform} every ${everyMinutes} min`,
      input: { scheduled: true },
    });
    raiseReconcileAlarms(this, { alarms: deployment.alarms, platform, everyMinutes });
  }
}
