import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TableService } from './dynamodb/table-service.ts';
import { LocalCloudError } from './errors.ts';
import { Fleet } from './functions/fleet.ts';
import { FunctionService } from './functions/function-service.ts';
import { MetricStore } from './functions/metrics.ts';
import { createGateway } from './gateway/gateway.ts';
import type { RequestHandler } from './gateway/listen.ts';
import type { ApiTarget } from './http-api/http-api.ts';
import { createHttpApi } from './http-api/http-api.ts';
import type { Route } from './http-api/routes.ts';
import type { Authorizer, Principal } from './iam/authorizer.ts';
import { buildAuthorizer } from './iam/build-authorizer.ts';
import { DELETE_ACTION, EventSource, READ_ACTIONS } from './queues/event-source.ts';
import { QueueService } from './queues/queue-service.ts';
import { findByReference } from './references.ts';
import { checkResources, type Selected, select } from './resources/select.ts';
import { readSchedules, ScheduleService } from './schedules/schedule-service.ts';
import { EventBusService } from './services/event-buses.ts';
import { IdentityService } from './services/identity.ts';
import { InvocationService } from './services/invocations.ts';
import { SecretService } from './services/secrets.ts';
import { TopicService } from './services/topics.ts';
import type { Deployment } from './template/deployment.ts';
import type { Placement } from './template/identity.ts';

export interface MachineOptions {
  /** Access key that is allowed everything. */
  adminKey: string;
  secrets: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
  maxWorkers: number;
  onFunctionLog: (functionName: string, line: string) => void;
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
  schedules: ScheduleService;
  buses: EventBusService;
  topics: TopicService;
  metrics: MetricStore;
  gateway: RequestHandler;
  httpApi: RequestHandler | undefined;
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
  const fleet = new Fleet({ most: options.maxWorkers, idleMs: 60_000, now, onLine });
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
  const queueResources = select(deployment, 'AWS::SQS::Queue');
  const [tables, queues] = await Promise.all([
    TableService.create(tableResources, account, region, now, folderIn(options.keep, 'tables')),
    QueueService.create(queueResources, account, region, folderIn(options.keep, 'queues')),
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
  const sources = select(deployment, 'AWS::Lambda::EventSourceMapping').map((mapping) => {
    const target = functions.find(mapping.properties.FunctionName);
    checkMapping(mapping, target.principal, target.definition.timeoutMs / 1000, authorizer, queueResources);
    return new EventSource({ mapping, target, functions, queues, authorizer, region, now });
  });
  const schedules = readSchedules(deployment, functions, authorizer, account, region);
  return {
    deployment,
    authorizer,
    tables,
    queues,
    functions,
    sources,
    schedules: new ScheduleService({ schedules, functions, authorizer, now }),
    buses,
    topics,
    metrics,
    gateway: createGateway({
      authorizer,
      callerOf: (key) => (key === options.adminKey ? { name: 'admin' } : functions.callerOf(key)),
      services: {
        dynamodb: tables,
        sqs: queues,
        secretsmanager: secrets,
        events: buses,
        sns: topics,
        lambda: new InvocationService(functions),
        sts: new IdentityService(account),
      },
    }),
    httpApi: buildHttpApi(deployment, functions, placement, now),
  };
}

/** A folder in the kept one, made when it is not there. */
function folderIn(keep: string | undefined, name: string): string | undefined {
  if (keep === undefined) return undefined;
  const folder = join(keep, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Refuses what Lambda refuses when a mapping is made: a role without access, a visibility below the time-out. */
function checkMapping(
  mapping: Selected<'AWS::Lambda::EventSourceMapping'>,
  principal: Principal,
  timeoutSeconds: number,
  authorizer: Authorizer,
  queues: readonly Selected<'AWS::SQS::Queue'>[],
): void {
  const { EventSourceArn } = mapping.properties;
  const refuse = (why: string): LocalCloudError =>
    new LocalCloudError(
      'deployment-refused',
      `AWS would refuse ${mapping.place}: ${why}. Change it in the app.`,
    );
  const queue = queues.find(({ arn }) => arn === EventSourceArn);
  if (!queue) {
    throw new LocalCloudError(
      'unknown-property',
      `${mapping.place} reads ${EventSourceArn}, which is not a queue of this app. The local cloud only has queues as ` +
        'event sources; teach it others in local/cloud/machine.ts.',
    );
  }
  for (const action of [...READ_ACTIONS, DELETE_ACTION]) {
    if (authorizer.allows(principal, { action, resource: EventSourceArn })) continue;
    throw refuse(`the role of ${principal.name} is not allowed ${action} on ${EventSourceArn}`);
  }
  const { VisibilityTimeout } = queue.properties;
  if (VisibilityTimeout < timeoutSeconds) {
    throw refuse(
      `the queue's visibility timeout (${VisibilityTimeout} s) is below the function's (${timeoutSeconds} s)`,
    );
  }
}

function buildHttpApi(
  deployment: Deployment,
  functions: FunctionService,
  placement: Placement,
  now: () => number,
): RequestHandler | undefined {
  const [api, second] = select(deployment, 'AWS::ApiGatewayV2::Api');
  if (second) {
    throw new LocalCloudError(
      'unknown-property',
      `${second.place} is a second HTTP API, and the local cloud only has an address for one. Join their routes.`,
    );
  }
  if (!api) return undefined;
  const [stage] = select(deployment, 'AWS::ApiGatewayV2::Stage');
  const integrations = select(deployment, 'AWS::ApiGatewayV2::Integration');
  const routes = select(deployment, 'AWS::ApiGatewayV2::Route').map(
    ({ properties, place }): Route<ApiTarget> => {
      const integration = integrations.find(({ ref }) => properties.Target === `integrations/${ref}`);
      if (!integration) {
        throw new LocalCloudError(
          'unresolved-reference',
          `${place} leads to ${properties.Target}, which no stack has.`,
        );
      }
      const { IntegrationUri, TimeoutInMillis } = integration.properties;
      return {
        routeKey: properties.RouteKey,
        target: { local: functions.find(IntegrationUri), timeoutMs: TimeoutInMillis },
      };
    },
  );
  const stageVariables = stage?.properties.StageVariables;
  return createHttpApi({
    routes,
    functions,
    now,
    api: {
      apiId: api.ref,
      account: placement.account,
      region: placement.region,
      ...(stageVariables ? { stageVariables } : {}),
    },
  });
}
