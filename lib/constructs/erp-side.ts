import { Duration, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Channel } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import { ENVIRONMENTS, type ErpJob, secretName } from '../../functions/runtime/environment.ts';
import { CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX } from '../../functions/storage/keys.ts';
import { functionName } from '../bundles/sources.ts';
import type { Deployment } from '../deployment.ts';
import { ERP, type ErpPermission, type ErpTarget, permissionsOfErp } from '../erp-jobs.ts';
import { credentialsOfCalls } from '../jobs.ts';
import { AcopioFunction, type Statement } from './acopio-function.ts';
import { ErpApi } from './erp-api.ts';
import { ErpFeed } from './erp-feed.ts';
import type { ErpSecrets } from './erp-secrets.ts';
import { ErpStock } from './erp-stock.ts';
import { ErpWebhooks } from './erp-webhooks.ts';
import type { PlatformSecrets } from './platform-secrets.ts';
import { streamOf } from './stream-reader.ts';

export interface ErpSideProps {
  readonly deployment: Deployment;
  readonly channels: readonly Channel[];
  readonly orders: Table;
  readonly control: Table;
  readonly secrets: ErpSecrets;
  /** Those of the platforms, by which calls are passed on. */
  readonly platformSecrets: PlatformSecrets;
  /** By platform: the queue of its orders that have commands. */
  readonly commandQueues: ReadonlyMap<string, Queue>;
  /** By platform: the queue of its stores that are to be told of stock. */
  readonly stockQueues: ReadonlyMap<string, Queue>;
}

/** How long a job's function may run, and what it does. */
interface JobSpec {
  readonly id: string;
  readonly timeout: Duration;
  readonly does: string;
}

const JOBS: Readonly<Record<ErpJob, JobSpec>> = {
  publish: {
    id: 'Publisher',
    timeout: Duration.seconds(60),
    does: 'Numbers every change of the orders table and writes it to the feed',
  },
  api: {
    id: 'Api',
    // The API hangs up after 30 s, and a cold start counts there but not here.
    timeout: Duration.seconds(28),
    does: "Answers the merchant's own system",
  },
  deliver: {
    id: 'Deliverer',
    timeout: Duration.seconds(120),
    does: "Sends the feed's events to the endpoints of the merchant's own system",
  },
  track: {
    id: 'Tracker',
    timeout: Duration.seconds(60),
    does: 'Notes by what texts orders are found, and claims what they take from the stock',
  },
  compare: {
    id: 'Comparer',
    // A hundred thousand SKUs.
    timeout: Duration.minutes(10),
    does: 'Compares every night what the channels show with what they were told of stock',
  },
  sweep: {
    id: 'Sweeper',
    timeout: Duration.seconds(60),
    does: 'Looks every minute for work that is overdue and announces it again',
  },
};

const isErpSecret = (target: ErpTarget): target is 'tokens' | 'signing' | 'emailKey' =>
  target === 'tokens' || target === 'signing' || target === 'emailKey';

/** What stands between the orders table and the merchant's own system: the feed, its readers, and the API. */
export class ErpSide extends Construct {
  /** What names the changes that the readers of the orders table's stream gave up. */
  readonly givenUp: readonly Queue[];
  private readonly props: ErpSideProps;
  private readonly feed: ErpFeed;
  private readonly webhooks: ErpWebhooks;
  private readonly stock: ErpStock;

  constructor(scope: Construct, id: string, props: ErpSideProps) {
    super(scope, id);
    this.props = props;
    const { alarms, merchant } = props.deployment;
    this.feed = new ErpFeed(this, 'Feed', props.deployment);
    this.webhooks = new ErpWebhooks(this, 'Webhooks', props.deployment, JOBS.deliver.timeout);
    this.stock = new ErpStock(this, 'Stock', props.deployment);
    this.givenUp = [this.feed.unpublished, this.stock.unfollowed];
    this.feed.publish(this.run('publish'), props.orders);
    this.webhooks.deliver(this.run('deliver'));
    this.webhooks.sweep(this.run('sweep'));
    this.stock.follow(this.run('track'), props.orders);
    if (merchant.stock !== undefined) this.stock.compare(this.run('compare'));
    new ErpApi(this, 'Http', props.deployment, this.run('api'));
    if (merchant.erp.acknowledgeWithinHours !== undefined)
      alarms.raise(this, 'orders-unacknowledged', { subject: ERP, platform: ERP });
  }

  /** The function of a job, with exactly the variables and permissions that the job needs. */
  private run(job: ErpJob): LambdaFunction {
    const { id, timeout, does } = JOBS[job];
    return new AcopioFunction(this, id, {
      name: functionName(ERP, job),
      deployment: this.props.deployment,
      description: does,
      timeout,
      environment: this.environmentOf(job),
      statements: this.permissionsOf(job).map((permission) => this.statementOf(permission)),
    }).function;
  }

  private permissionsOf(job: ErpJob): ErpPermission[] {
    const { commandQueues, stockQueues, deployment } = this.props;
    const { merchant } = deployment;
    return permissionsOfErp(job, [
      ...(this.feed.bus === undefined ? (['bus'] as const) : []),
      ...(commandQueues.size === 0 ? (['commandQueues'] as const) : []),
      ...(this.secretsOfCalls().length === 0 ? (['platformSecrets', 'buckets'] as const) : []),
      ...(this.props.channels.some(({ platform }) => platform.places !== undefined)
        ? []
        : (['locations'] as const)),
      ...(stockQueues.size === 0 ? (['stockQueues'] as const) : []),
      ...(merchant.stock === undefined ? (['orders', 'stock', 'stockZeroed'] as const) : []),
    ]);
  }

  private environmentOf(job: ErpJob): Record<string, string> {
    const { orders, control, deployment } = this.props;
    const values: Record<string, () => string | undefined> = {
      SECRETS: () => this.secretsOf(job),
      QUEUE_URL: () => this.webhooks.deliveries.queueUrl,
      CONTROL_TABLE: () => control.tableName,
      ORDERS_TABLE: () => orders.tableName,
      RAW_DAYS: () => String(deployment.merchant.rawDays),
      EVENT_BUS: () => this.feed.bus?.eventBusName,
      COMMAND_QUEUES: () => this.urlsOf(this.props.commandQueues),
      STOCK_QUEUES: () =>
        this.props.stockQueues.size === 0 ? undefined : this.urlsOf(this.props.stockQueues),
    };
    return Object.fromEntries(
      Object.keys(ENVIRONMENTS[job]().shape).flatMap((name) => {
        const value = values[name]?.();
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  private urlsOf(queues: ReadonlyMap<string, Queue>): string {
    const urls = [...queues].map(([platform, { queueUrl }]) => [platform, queueUrl]);
    return Stack.of(this).toJsonString(Object.fromEntries(urls));
  }

  private secretsOf(job: ErpJob): string {
    const { secrets } = this.props;
    const named = this.permissionsOf(job).flatMap(({ target }): [string, string][] => {
      if (target === 'platformSecrets') return this.secretsOfCalls();
      return isErpSecret(target) ? [[target, secrets[target].secretArn]] : [];
    });
    return Stack.of(this).toJsonString(Object.fromEntries(named));
  }

  /** By the names that the API looks them up with: the secrets by which it passes calls on. */
  private secretsOfCalls(): [name: string, arn: string][] {
    const { channels, platformSecrets } = this.props;
    return channels
      .filter(({ platform }) => platform.passThrough !== undefined)
      .flatMap((channel) =>
        credentialsOfCalls(channel).names.flatMap((credential) =>
          platformSecrets
            .of(channel.platform.name, credential)
            .map(({ storeId, secret }): [string, string] => [
              `${channel.platform.name}/${secretName(credential, storeId)}`,
              secret.secretArn,
            ]),
        ),
      );
  }

  private statementOf({ target, actions, partitions }: ErpPermission): Statement {
    const { orders, control, secrets } = this.props;
    const of = (sid: string, ...resources: string[]): Statement => ({
      sid,
      actions,
      resources,
      ...(partitions === undefined ? {} : { partitions }),
    });
    if (target === 'orders' || target === 'ordersAndCommands' || target === 'rows')
      return of('Orders', orders.tableArn);
    if (target === 'stock') return of('Stock', orders.tableArn);
    if (target === 'aliases') return of('Aliases', orders.tableArn);
    if (target === 'emails') return of('Emails', orders.tableArn);
    if (target === 'commandQueues' || target === 'stockQueues')
      return of(
        target === 'stockQueues' ? 'StockQueues' : 'Commands',
        ...[...this.props[target].values()].map(({ queueArn }) => queueArn),
      );
    if (target === 'products') return of('Products', orders.tableArn);
    if (target === 'mirrored') return of('Mirrored', orders.tableArn);
    if (target === 'changes') return of('Changes', `${orders.tableArn}/index/${CHANGES_INDEX.name}`);
    if (target === 'changesAndReview')
      return of(
        'Changes',
        ...[CHANGES_INDEX, REVIEW_INDEX].map(({ name }) => `${orders.tableArn}/index/${name}`),
      );
    if (target === 'work') return of('Work', `${orders.tableArn}/index/${WORK_INDEX.name}`);
    if (target === 'deliveries') return of('Deliveries', this.webhooks.deliveries.queueArn);
    if (target === 'stream') return of('Stream', streamOf(orders));
    if (target === 'unpublished') return of('Unpublished', this.feed.unpublished.queueArn);
    if (target === 'unfollowed') return of('Unfollowed', this.stock.unfollowed.queueArn);
    if (target === 'bus' && this.feed.bus !== undefined) return of('Bus', this.feed.bus.eventBusArn);
    if (target === 'platformSecrets')
      return of('SecretPlatforms', ...this.secretsOfCalls().map(([, arn]) => arn));
    if (isErpSecret(target)) return of(`Secret${pascal(target)}`, secrets[target].secretArn);
    return of(`Control${pascal(target)}`, control.tableArn);
  }
}
