import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { functionLink } from '../alarms/registry.ts';
import type { Deployment } from '../deployment.ts';
import { MEMORY_MB } from '../function-memory.ts';

export interface AcopioFunctionProps {
  /** The bundle it runs. */
  readonly name: string;
  readonly deployment: Deployment;
  readonly description: string;
  readonly timeout: Duration;
  readonly memoryMb?: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
}

/** Exactly `actions` on exactly `resources` (ARNs), and of a table only on its `partitions`. */
export interface Statement {
  /** Letters and digits. Keeps the CDK from joining it with others. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Patterns of partition keys; `*` stands for any text. */
  readonly partitions?: readonly string[];
}

/**
 * Every key that a call names must match. The second condition refuses calls that name none, such as a scan: a condition
 * on all values of nothing holds. (IAM user guide, "Multivalued context keys".)
 */
const onlyIn = (partitions: readonly string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

/**
 * A function of ours: runtime, architecture, log group, log format and bundling fixed once, with a role that can write its
 * own logs, do what its statements say, and nothing else.
 */
export class AcopioFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: AcopioFunctionProps) {
    super(scope, id);
    const { merchant, bundles, alarms } = props.deployment;
    // Not retained: logs expire by themselves, and what must outlive the stack stands in the tables.
    const logGroup = new LogGroup(this, 'Logs', {
      retention: merchant.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const { sid, actions, resources, partitions } of props.statements)
      role.addToPolicy(
        new PolicyStatement({
          sid,
          actions: [...actions],
          resources: [...resources],
          ...(partitions === undefined ? {} : { conditions: onlyIn(partitions) }),
        }),
      );
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: bundles.codeOf(props.name, this),
      timeout: props.timeout,
      memorySize: props.memoryMb ?? MEMORY_MB,
      // Waiting is a new message of the same queue, and our own code bounds how often. Unless it is allowed to, Lambda takes a message
      // for a loop after sixteen of them and stops working on it. (Lambda developer guide, "recursive loop detection".)
      recursiveLoop: RecursiveLoop.ALLOW,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // What Lambda itself would write about each call, as lines and as traces, costs more than the call. Its metrics tell
      // the same without, and a call that fails is told of at this level.
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: {
        ...props.environment,
        MERCHANT: merchant.name,
        LOG_LEVEL: 'INFO',
      },
    });
    // Elsewhere Lambda adds up the functions of the account, which are these: lib/constructs/shared-watch.ts.
    if (!merchant.accountIsShared) return;
    const about = { subject: props.name, link: functionLink(this.function) };
    alarms.raise(this, 'function-failing', { ...about, metric: this.function.metricErrors() });
    alarms.raise(this, 'function-throttled', { ...about, metric: this.function.metricThrottles() });
  }
}

/** One store's runs of a function. */
export interface StoreSchedule {
  readonly storeId: string;
  readonly everyMinutes: number;
  /** UTC: runs once a day, at this time. */
  readonly dailyAt?: { readonly hour: number; readonly minute: number };
  /** A run may begin this much later; at its minute when absent. */
  readonly withinMinutes?: number;
  readonly description: string;
  /** What the function is called with. */
  readonly input: object;
}

/** Lambda keeps an event no longer. (Lambda API, "PutFunctionEventInvokeConfig".) */
const LONGEST_EVENT_AGE_MINUTES = 6 * 60;

/**
 * Runs a function every few minutes for each of the stores. A missed run needs no replay, because the next one does its
 * work: neither Lambda nor the schedule retries for longer than one interval, and there is no dead-letter queue for ticks.
 */
export function scheduleFunction(
  scope: Construct,
  target: LambdaFunction,
  schedules: readonly StoreSchedule[],
): void {
  const shortest = Math.min(...schedules.map(({ everyMinutes }) => everyMinutes));
  const maxEventAge = Duration.minutes(Math.min(shortest, LONGEST_EVENT_AGE_MINUTES));
  target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge });
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }),
  );
  const byStore = new Construct(scope, 'Schedule');
  for (const { storeId, everyMinutes, dailyAt, withinMinutes, description, input } of schedules) {
    const schedule = new CfnSchedule(byStore, storeId, {
      description,
      flexibleTimeWindow:
        withinMinutes === undefined
          ? { mode: 'OFF' }
          : { mode: 'FLEXIBLE', maximumWindowInMinutes: withinMinutes },
      scheduleExpression:
        dailyAt === undefined
          ? `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`
          : `cron(${dailyAt.minute} ${dailyAt.hour} * * ? *)`,
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: everyMinutes * 60 },
        input: JSON.stringify(input),
      },
    });
    // The role's permission, too, has to be there before the first tick.
    schedule.node.addDependency(role);
  }
}
