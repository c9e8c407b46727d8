import { Fn, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DISPATCHERS, TELLERS } from '../../config/concurrency.ts';
import type { Channel } from '../../config/merchant.ts';
import { commandsOutput, pascal, stockOutput } from '../../config/output-names.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import {
  ANY_CLIENT,
  ENVIRONMENTS,
  type PlatformJob,
  secretName,
} from '../../functions/runtime/environment.ts';
import type { MetricName } from '../../functions/runtime/metric-names.ts';
import { CHANGES_INDEX, WORK_INDEX } from '../../functions/storage/keys.ts';
import { alarmsOf, silentFor } from '../alarms/channel-alarms.ts';
import { functionLink } from '../alarms/registry.ts';
import { functionName } from '../bundles/sources.ts';
import type { Deployment } from '../deployment.ts';
import { credentialsIn, jobsOf, type Permission, permissionsOf } from '../jobs.ts';
import { AcopioFunction, type Statement, scheduleFunction } from './acopio-function.ts';
import { hintQueue } from './hint-queue.ts';
import { PLATFORM_JOBS as JOBS } from './platform-jobs.ts';
import type { PlatformSecrets } from './platform-secrets.ts';
import type { WebhookApi } from './webhook-api.ts';
import { WorkQueue } from './work-queue.ts';

export interface PlatformChannelProps {
  readonly deployment: Deployment;
  readonly channel: Channel;
  readonly orders: Table;
  readonly control: Table;
  readonly secrets: PlatformSecrets;
  /** Consumers that may work at once. */
  readonly consumers: number;
  /** Of merchants with a platform that calls us. */
  readonly api: WebhookApi | undefined;
}

/** What runs each minute is not said to be silent before this. */
const SOONEST_MINUTES = 5;

/** One sales channel, made from what the platform can do: the way of its orders from the platform into the table. */
export class PlatformChannel extends Construct {
  readonly platform: Platform;
  readonly intake: WorkQueue;
  /** Names orders that have commands. Of platforms that carry any out. */
  readonly commands: Queue | undefined;
  /** Names stores that are to be told of stock. Of platforms that can be told, where somebody counts it. */
  readonly stock: Queue | undefined;
  private readonly props: PlatformChannelProps;
  private readonly parts = new Map<string, Construct>();

  constructor(scope: Construct, props: PlatformChannelProps) {
    super(scope, pascal(props.channel.platform.name));
    this.props = props;
    const { channel, deployment } = props;
    const { platform } = channel;
    this.platform = platform;
    this.intake = new WorkQueue(this.part('Orders'), 'Intake', {
      consumerTimeout: JOBS.process.timeout,
      alarms: deployment.alarms,
      platform,
    });
    this.commands = jobsOf(channel).includes('dispatch')
      ? hintQueue(this.part('Commands'), 'Hints', {
          consumerTimeout: JOBS.dispatch.timeout,
          output: commandsOutput(platform.name),
          names: `orders of ${platform.title} that have commands`,
        })
      : undefined;
    this.stock = jobsOf(channel).includes('tell')
      ? hintQueue(this.part('Stock'), 'Hints', {
          consumerTimeout: JOBS.tell.timeout,
          output: stockOutput(platform.name),
          names: `stores of ${platform.title} that are to be told of stock`,
        })
      : undefined;
    this.consume();
    this.dispatch();
    this.tell();
    this.reconcile();
    this.receive();
    this.poll();
    this.install();
    for (const { name: alarm, ...set } of alarmsOf(channel, deployment.merchant))
      deployment.alarms.raise(this, alarm, { subject: platform.name, platform: platform.name, ...set });
  }

  /** The metrics that tell how orders reach us. */
  get arrivals(): MetricName[] {
    const { webhook, poll } = this.platform;
    return [
      ...(webhook === undefined ? [] : (['WebhookAccepted'] as const)),
      ...(poll === undefined ? [] : (['PollOrdersFound', 'PollFailed'] as const)),
    ];
  }

  private consume(): void {
    const maxConcurrency = this.props.consumers;
    // Not the CDK's event source for queues: it grants more than Lambda needs to read one.
    this.run('process').addEventSourceMapping('Intake', {
      eventSourceArn: this.intake.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }

  private dispatch(): void {
    if (this.commands === undefined) return;
    this.run('dispatch').addEventSourceMapping('Hints', {
      eventSourceArn: this.commands.queueArn,
      batchSize: 10,
      maxConcurrency: DISPATCHERS,
    });
  }

  private tell(): void {
    if (this.stock === undefined) return;
    // A store is told by one run at a time; a second may tell another store.
    this.run('tell').addEventSourceMapping('Hints', {
      eventSourceArn: this.stock.queueArn,
      batchSize: 10,
      maxConcurrency: TELLERS,
    });
  }

  private reconcile(): void {
    const { platform, stores } = this.props.channel;
    const { reconciliation } = platform.resources.order;
    const reconciler = this.run('reconcile');
    scheduleFunction(
      this.part('Reconcile'),
      reconciler,
      stores.map((store) => ({
        storeId: store.id,
        everyMinutes: reconciliation.everyMinutes(store),
        // Spread over a while, so that the stores' runs don't take the functions from the receivers all at once.
        withinMinutes: Math.max(1, Math.floor(reconciliation.everyMinutes(store) / 3)),
        description: `Reconciles store ${store.id} of ${platform.title}`,
        input: { scheduled: true, storeId: store.id },
      })),
    );
    this.tellSilence('reconcile-not-running', reconciler, stores.map(reconciliation.everyMinutes));
  }

  /** Lambda itself counts how often a function runs, for nothing. */
  private tellSilence(
    alarm: 'reconcile-not-running' | 'poller-not-running',
    lambda: LambdaFunction,
    everyMinutes: readonly number[],
  ): void {
    const { name } = this.platform;
    this.props.deployment.alarms.raise(this, alarm, {
      subject: name,
      platform: name,
      metric: lambda.metricInvocations(),
      link: functionLink(lambda),
      window: silentFor(everyMinutes, SOONEST_MINUTES),
    });
  }

  private receive(): void {
    const { stores } = this.props.channel;
    const { webhook } = this.platform;
    if (webhook !== undefined) this.api().receive(this.run('receive'), webhook.routes(stores));
  }

  private poll(): void {
    const { stores } = this.props.channel;
    const { poll, title } = this.platform;
    if (poll === undefined) return;
    const poller = this.run('poll');
    const schedules = stores.map((store) => ({
      storeId: store.id,
      everyMinutes: poll.schedule(store).everyMinutes,
      description: `Polls store ${store.id} of ${title}`,
      input: { storeId: store.id },
    }));
    scheduleFunction(this.part('Poll'), poller, schedules);
    const everyMinutes = schedules.map((schedule) => schedule.everyMinutes);
    this.tellSilence('poller-not-running', poller, everyMinutes);
  }

  private install(): void {
    const { oauth } = this.platform;
    if (oauth !== undefined) this.api().install(this.run('install'), oauth, this.installKey());
  }

  /** The function of a job, with exactly the variables and permissions that the job needs. */
  private run(job: PlatformJob): LambdaFunction {
    const { channel, deployment } = this.props;
    const { name, title } = channel.platform;
    const { path, does, ...given } = JOBS[job];
    const [part, id] = path;
    const permissions = permissionsOf(job, channel);
    return new AcopioFunction(this.part(part), id, {
      name: functionName(name, job),
      deployment,
      ...given,
      description: does(title),
      environment: this.environmentOf(job, permissions),
      statements: permissions.map((permission) => this.statementOf(permission)),
    }).function;
  }

  private environmentOf(job: PlatformJob, permissions: readonly Permission[]): Record<string, string> {
    const { deployment, orders, control } = this.props;
    const values: Record<string, () => string | undefined> = {
      SECRETS: () => this.secretsIn(permissions),
      QUEUE_URL: () => this.queueOf(job)?.queueUrl,
      CONTROL_TABLE: () => control.tableName,
      ORDERS_TABLE: () => orders.tableName,
      RAW_DAYS: () => String(deployment.merchant.rawDays),
      ACKNOWLEDGE_WITHIN_HOURS: () => deployment.merchant.erp.acknowledgeWithinHours?.toString(),
      ACKNOWLEDGED_BY: () => deployment.merchant.erp.acknowledgedBy ?? ANY_CLIENT,
      WEBHOOK_URL: () => this.subscribedUrl(),
      INSTALL_KEY: () => this.installKey(),
    };
    return Object.fromEntries(
      Object.keys(ENVIRONMENTS[job]().shape).flatMap((name) => {
        const value = values[name]?.();
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** The queue whose messages a job sends or sends again. */
  private queueOf(job: PlatformJob): Queue | undefined {
    if (job === 'dispatch') return this.commands;
    return job === 'tell' ? this.stock : this.intake.queue;
  }

  /** The secrets that a job is let at, as its variable names them. */
  private secretsIn(permissions: readonly Permission[]): string {
    const { channel, secrets } = this.props;
    const ids = credentialsIn(permissions).flatMap((credential) =>
      secrets
        .of(channel.platform.name, credential)
        .map(({ storeId, secret }) => [secretName(credential, storeId), secret.secretArn]),
    );
    return Stack.of(this).toJsonString(Object.fromEntries(ids));
  }

  private statementOf({ target, actions, partitions }: Permission): Statement {
    const { orders, control } = this.props;
    const of = (sid: string, ...resources: string[]): Statement => ({
      sid,
      actions,
      resources,
      ...(partitions === undefined ? {} : { partitions }),
    });
    if (target === 'queue') return of('Queue', this.intake.queue.queueArn);
    if (target === 'commands') return of('Commands', this.commands?.queueArn ?? '');
    if (target === 'stockHints') return of('StockHints', this.stock?.queueArn ?? '');
    if (target === 'stock') return of('Stock', orders.tableArn);
    if (target === 'stockJobs') return of('StockJobs', orders.tableArn);
    if (target === 'work') return of('Work', `${orders.tableArn}/index/${WORK_INDEX.name}`);
    if (target === 'orders') return of('Orders', orders.tableArn);
    if (target === 'changes') return of('Changes', `${orders.tableArn}/index/${CHANGES_INDEX.name}`);
    if ('items' in target) return of(`Control${pascal(target.items)}`, control.tableArn);
    return of(`Secret${pascal(target.credential)}`, ...this.secretArns(target.credential));
  }

  private secretArns(credential: string): string[] {
    const { channel, secrets } = this.props;
    return secrets.of(channel.platform.name, credential).map(({ secret }) => secret.secretArn);
  }

  /** Where a store's webhooks are sent, of a platform in which the app subscribes them. */
  private subscribedUrl(): string | undefined {
    const { name, oauth, webhook } = this.platform;
    if (oauth === undefined) return undefined;
    const routes = webhook?.routes(this.props.channel.stores) ?? [];
    const route = routes.find(({ topic }) => topic === oauth.subscribedTopic);
    if (route === undefined) throw new Error(`${name} has no webhook route of the topic that it subscribes`);
    return this.api().urlOf(route.path);
  }

  /**
   * What the installation link carries, so that strangers begin no installation. Nothing but CloudFormation can print a
   * random text that stays the same in every deployment, so it is made of two that it draws by itself: the id of this
   * stack, and the end of the control table's name. Neither is told to anybody outside the account.
   */
  private installKey(): string {
    const { control } = this.props;
    const stackId = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    // <name of the stack>-<logical id>-<random>
    const randomAt = Stack.of(control).stackName.split('-').length + 1;
    return Fn.join('-', [stackId, Fn.select(randomAt, Fn.split('-', control.tableName))]);
  }

  private api(): WebhookApi {
    const { api } = this.props;
    if (api === undefined) throw new Error(`${this.platform.name} needs an API to be called by`);
    return api;
  }

  private part(name: string): Construct {
    const part = this.parts.get(name) ?? new Construct(this, name);
    this.parts.set(name, part);
    return part;
  }
}
