import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TableResource } from './dynamodb/definition.ts';
import { TableService } from './dynamodb/table-service.ts';
import { Fleet, type InvocationReport } from './functions/fleet.ts';
import { FunctionService } from './functions/function-service.ts';
import { MetricStore } from './functions/metrics.ts';
import { createGateway, type ObservedCall } from './gateway/gateway.ts';
import type { RequestHandler } from './gateway/listen.ts';
import { buildHttpApis } from './http-api/build-http-api.ts';
import type { Authorizer } from './iam/authorizer.ts';
import { buildAuthorizer } from './iam/build-authorizer.ts';
import type { User } from './iam/users.ts';
import type { EventSource } from './queues/event-source.ts';
import { QueueService } from './queues/queue-service.ts';
import { findByReference } from './references.ts';
import { checkResources, select } from './resources/select.ts';
import { readSchedules, ScheduleService } from './schedules/schedule-service.ts';
import { EventBusService } from './services/event-buses.ts';
import { IdentityService } from './services/identity.ts';
import { InvocationService } from './services/invocations.ts';
import { SecretService } from './services/secrets.ts';
import { TopicService } from './services/topics.ts';
import { buildSources } from './sources.ts';
import { realClock, type StreamClock } from './streams/clock.ts';
import { KeptStreams } from './streams/kept-streams.ts';
import { StreamService } from './streams/stream-service.ts';
import type { StreamSource } from './streams/stream-source.ts';
import { TableStream } from './streams/table-stream.ts';
import type { Deployment } from './template/deployment.ts';
import type { Placement } from './template/identity.ts';

export interface MachineOptions {
  /** Access key that is allowed everything. */
  adminKey: string;
  users: readonly User[];
  secrets: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
  maxWorkers: number;
  /** Shards of each table's stream. */
  streamShards: number;
  streamPollMs?: number | undefined;
  /** Do the routes of the HTTP API refuse what is above their limits? */
  throttled: boolean;
  onFunctionLog: (functionName: string, line: string) => void;
  onInvocation?: ((report: InvocationReport) => void) | undefined;
  onCall?: ((call: ObservedCall) => void) | undefined;
  now: () => number;
  /** Folder in which tables and queues outlive the process. */
  keep?: string;
}

/** Everything that a deployment runs on. */
export interface Machine {
  deployment: Deployment;
  authorizer: Authorizer;
  tables: TableService;
  queues: QueueService;
  functions: FunctionService;
  sources: readonly EventSource[];
  streamSources: readonly StreamSource[];
  schedules: ScheduleService;
  buses: EventBusService;
  topics: TopicService;
  metrics: MetricStore;
  gateway: RequestHandler;
  /** By id. */
  httpApis: ReadonlyMap<string, RequestHandler>;
}

/** Builds all services from the templates; nothing runs yet. */
export async function buildMachine(
  deployment: Deployment,
  placement: Placement,
  options: MachineOptions,
): Promise<Machine> {
  const { account, region, endpoint } = placement;
  const { now } = options;
  checkResources(deployment);
  const authorizer = buildAuthorizer(deployment, account, region);
  const metrics = new MetricStore();
  const onLine = (functionName: string, line: string): void => {
    metrics.read(line);
    options.onFunctionLog(functionName, line);
  };
  const fleet = new Fleet({
    most: options.maxWorkers,
    idleMs: 60_000,
    now,
    onLine,
    onReport: options.onInvocation,
  });
  const functionResources = select(deployment, 'AWS::Lambda::Function');
  const environment = Object.fromEntries(
    Object.entries(options.environment).map(([reference, variables]) => [
      findByReference('function', functionResources, reference).logicalId,
      variables,
    ]),
  );
  const functions = new FunctionService(functionResources, { fleet, endpoint, region, environment });
  const tableResources = [
    ...select(deployment, 'AWS::DynamoDB::Table'),
    ...select(deployment, 'AWS::DynamoDB::GlobalTable'),
  ];
  const clock = realClock(now);
  const kept = options.keep === undefined ? undefined : new KeptStreams(folderIn(options.keep, 'streams'));
  const streams = buildStreams(tableResources, { region, clock, shards: options.streamShards }, kept);
  const queueResources = select(deployment, 'AWS::SQS::Queue');
  const [tables, queues] = await Promise.all([
    TableService.create(tableResources, account, region, now, {
      ...(options.keep === undefined ? {} : { keep: folderIn(options.keep, 'tables') }),
      streams,
    }),
    QueueService.create(
      queueResources,
      account,
      region,
      options.keep === undefined ? undefined : folderIn(options.keep, 'queues'),
    ),
  ]);
  const secretResources = select(deployment, 'AWS::SecretsManager::Secret');
  const initial = new Map(
    Object.entries(options.secrets).map(([reference, value]) => [
      findByReference('secret', secretResources, reference).ref,
      value,
    ]),
  );
  const secrets = new SecretService(secretResources, ({ ref }) => initial.get(ref), now);
  const buses = new EventBusService(
    select(deployment, 'AWS::Events::EventBus').map(({ ref }) => ref),
    (name) => `arn:aws:events:${region}:${account}:event-bus/${name}`,
  );
  const topics = new TopicService(
    new Map(
      select(deployment, 'AWS::SNS::Topic').map(({ ref, properties }) => [ref, properties.KmsMasterKeyId]),
    ),
  );
  const sources = buildSources({
    mappings: select(deployment, 'AWS::Lambda::EventSourceMapping'),
    queueResources,
    streams,
    functions,
    queues,
    authorizer,
    metrics,
    region,
    clock,
    pollMs: options.streamPollMs,
    kept,
  });
  const schedules = readSchedules(deployment, functions, authorizer, account, region);
  return {
    deployment,
    authorizer,
    tables,
    queues,
    functions,
    sources: sources.ofQueues,
    streamSources: sources.ofStreams,
    schedules: new ScheduleService({ schedules, functions, authorizer, now }),
    buses,
    topics,
    metrics,
    gateway: createGateway({
      authorizer,
      onCall: options.onCall,
      callerOf: (key) =>
        key === options.adminKey
          ? { name: 'admin' }
          : (options.users.find(({ accessKeyId }) => accessKeyId === key)?.principal ??
            functions.callerOf(key)),
      services: {
        dynamodb: new StreamService(tables, streams, clock),
        sqs: queues,
        secretsmanager: secrets,
        events: buses,
        sns: topics,
        lambda: new InvocationService(functions),
        sts: new IdentityService(account),
      },
    }),
    httpApis: buildHttpApis(deployment, functions, placement, {
      now,
      throttled: options.throttled,
    }),
  };
}

/** The streams of the tables that have one, by the table's name. */
function buildStreams(
  tables: readonly TableResource[],
  options: { region: string; clock: StreamClock; shards: number },
  kept: KeptStreams | undefined,
): Map<string, TableStream> {
  const streams = new Map<string, TableStream>();
  for (const { ref, attributes, properties } of tables) {
    const { StreamSpecification, KeySchema } = properties;
    const [partition = '', ...others] = KeySchema.map(({ AttributeName }) => AttributeName);
    if (!StreamSpecification) continue;
    const keys = [partition, ...others] as const;
    const { StreamViewType: viewType } = StreamSpecification;
    const arn = attributes.StreamArn ?? '';
    const journal = kept ? { journal: kept.journalOf(ref, options.shards) } : {};
    streams.set(ref, new TableStream({ ...options, arn, viewType, keys, ...journal }));
  }
  return streams;
}

/** Orders have buyers in them: only whoever runs the cloud reads what it keeps. */
const OWN = 0o700;

/** A folder in the kept one, made when it is not there. The kept one may be of anybody's making, and stays as it is. */
function folderIn(keep: string, name: string): string {
  const folder = join(keep, name);
  mkdirSync(folder, { recursive: true, mode: OWN });
  chmodSync(folder, OWN);
  return folder;
}
