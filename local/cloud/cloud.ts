import { placeOf } from './assembly/place-of.ts';
import { readAssembly } from './assembly/read-assembly.ts';
import type { FunctionDefinition, InvocationReport } from './functions/fleet.ts';
import type { MetricSeries } from './functions/metrics.ts';
import type { ObservedCall } from './gateway/gateway.ts';
import { type Listener, listen } from './gateway/listen.ts';
import { listenForApis } from './http-api/listen-for-apis.ts';
import { drawAccessKey, grantOf, type RoleGrant, type User, userArn, usersOf } from './iam/users.ts';
import { buildMachine, type Machine } from './machine.ts';
import type { QueueCounts } from './queues/queue-service.ts';
import { findByReference, type Referable } from './references.ts';
import { type RunningType, select } from './resources/select.ts';
import type { BusEvent } from './services/event-buses.ts';
import { createDeployment } from './template/deployment.ts';
import { nameIn, stopMachine, waitUntilIdle } from './winding-down.ts';

export interface CloudOptions {
  /** Folder of the cloud assembly. */
  assembly: string;
  /** Secret strings at the start, by reference; the others are generated as their templates say. */
  secrets?: Record<string, string>;
  /** Other values for environment variables that a function's template sets, by function reference. */
  environment?: Record<string, Record<string, string>>;
  /** Port of the first HTTP API, whose neighbours the others take; 0 or absent: free ones. */
  apiPort?: number;
  /** Most workers at once, idle ones included. Default 6: under load each takes 30 to 60 MB. */
  maxWorkers?: number;
  /** Shards of each table's stream. Default 2, so that nothing relies on one order over all items. */
  streamShards?: number;
  /** Ms between two looks at a shard; soon when absent. Lambda looks four times a second. */
  streamPollMs?: number;
  /**
   * `on`: the HTTP API answers 429 above the limits of its routes. Default `off`: a machine that plays a whole shop's day in
   * a minute is above them.
   */
  throttling?: 'on' | 'off';
  /** `off`: schedules only run through `fire`. Default `on`. */
  schedules?: 'on' | 'off';
  /** Folder in which tables, streams and queues outlive the process, also one that is killed; in memory when absent. */
  keep?: string;
  onFunctionLog?: (functionName: string, line: string) => void;
  /** Is told of every invocation that came to its end. */
  onInvocation?: (report: InvocationReport) => void;
  /** Is told of every call of AWS that was allowed. */
  onCall?: (call: ObservedCall) => void;
}

/**
 * A running local cloud. A `ref` names one resource: its logical id, construct path, physical name, the end of its path
 * (`Orders/Table`) or the beginning of its logical id, as long as no other resource of the kind shares it.
 */
export interface Cloud {
  /** Base URL of the first HTTP API of the stacks; those of the others stand in their outputs. */
  readonly apiUrl: string;
  /** `AWS_ENDPOINT_URL` for an SDK or the CLI. */
  readonly endpoint: string;
  readonly region: string;
  /** Allowed everything; others in each start, so that no page in a browser can know them. */
  readonly adminCredentials: { accessKeyId: string; secretAccessKey: string };
  /** By output name; a name that several stacks have is `stack.name`. */
  readonly outputs: Record<string, string>;
  readonly functions: { name: string; logicalId: string; path: string }[];
  readonly metrics: {
    /** Sum of a metric over the series that have these dimension values. */
    total(name: string, dimensions?: Record<string, string>): number;
    /** How many values a metric has over the same series. */
    count(name: string, dimensions?: Record<string, string>): number;
    /** Sum of the numbers that lines of the log have under this name, also those that are no series. */
    logged(name: string, platform?: string): number;
    list(): MetricSeries[];
  };
  /** Invocations that run or wait for a worker. */
  load(): number;
  /** Runs a function and waits for it. */
  invoke(
    functionRef: string,
    payload: unknown,
  ): Promise<{ payload: unknown; error?: { errorType: string; errorMessage: string } }>;
  /** Runs a schedule now and waits; rejects when its function fails. */
  fire(scheduleRef: string): Promise<void>;
  queues(): Promise<QueueCounts[]>;
  /** What waits in a queue, in whatever state; looking changes nothing. */
  peek(queueRef: string): { id: string; body: string; receives: number }[];
  /**
   * Ends delays and visibility timeouts now, except of messages that a function is working on; without a reference also
   * the waits before a stream's failed batches come again.
   */
  endWaits(queueRef?: string): void;
  /**
   * Deletes now what has expired in the tables with a time to live; by itself the cloud does so every few minutes.
   *
   * @param options `at`: epoch ms as of which items have expired, default now; `random`: draws the order in which they go.
   * @returns how many items there were.
   */
  expire(options?: { at?: number; random?: () => number }): Promise<number>;
  /**
   * Lets queries and scans of global indexes miss what was written lately, as they may on AWS.
   *
   * @param lag by how many ms; a function is asked at each write. 0: they are up to date again.
   */
  lagIndexes(lag: number | (() => number)): Promise<void>;
  /** Events that were put on a bus, or on all. */
  events(busRef?: string): BusEvent[];
  tableName(ref: string): string;
  queueUrl(ref: string): string;
  secretId(ref: string): string;
  /**
   * Waits until no function runs, every queue that is not for dead letters or discarded records is empty, and every stream's functions have
   * dealt with its records.
   *
   * @param options `withinMs`: default 120,000; `but`: queues, by reference, whose delayed messages may go on waiting, such as
   * those of deliveries to an endpoint that is down.
   * @throws LocalCloudError `not-idle` naming what is still there.
   */
  idle(options?: number | { withinMs?: number; but?: readonly string[] }): Promise<void>;
  /** What a function's calls are signed with, as its role. */
  credentialsOf(functionRef: string): { accessKeyId: string; secretAccessKey: string };
  /** Of a user who has this managed policy of the stacks, and no other. */
  credentialsWith(policyRef: string): { accessKeyId: string; secretAccessKey: string };
  /** Takes an action (`dynamodb:PutItem`, `sqs:*`) from one function's role until the returned undo is called. */
  withoutPermission(functionRef: string, action: string): () => void;
  /** The statements of all roles' policies, with what calls needed of them since the start. */
  grants(): RoleGrant[];
  /** The same of a managed policy, as the user of it needed them. */
  grantsOfPolicy(policyRef: string): RoleGrant[];
  /** A function as its workers are started. */
  definitionOf(functionRef: string): FunctionDefinition;
  /** Ends a function's idle workers, so that its next run starts cold. */
  cool(functionRef: string): void;
  /** Leaves nothing behind: no worker, timer or open port. */
  stop(): Promise<void>;
}

const IDLE_WITHIN_MS = 120_000;

/**
 * Runs a synthesized CDK app on this machine. Sets the time zone of the whole process to UTC.
 *
 * @throws LocalCloudError when the assembly has something that the local cloud would run in another way than AWS, a
 * bundle is missing, or the port is in use.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stacks = readAssembly(options.assembly);
  const { account, region } = placeOf(stacks);
  const listeners: Listener[] = [];
  let machine: Machine | undefined;
  const adminKey = drawAccessKey();
  // Functions run in UTC on Lambda. A worker thread has the time zone of its process, whatever its environment says.
  process.env.TZ = 'UTC';
  const stop = async (): Promise<void> => {
    await Promise.all(
      [listeners.map((listener) => listener.close()), machine && stopMachine(machine)].flat(),
    );
  };
  try {
    const gateway = await listen(0, 'the gateway of AWS calls');
    listeners.push(gateway);
    const apis = await listenForApis(stacks, options.apiPort ?? 0, listeners);
    const placement = {
      account,
      region,
      endpoint: gateway.url,
      urlOfApi: (id: string) => apis.get(id)?.url ?? `http://127.0.0.1/no-such-api/${id}`,
    };
    const deployment = createDeployment(stacks, placement);
    const users = usersOf(deployment);
    machine = await buildMachine(deployment, placement, {
      adminKey,
      users,
      secrets: options.secrets ?? {},
      environment: options.environment ?? {},
      maxWorkers: options.maxWorkers ?? 6,
      streamShards: options.streamShards ?? 2,
      streamPollMs: options.streamPollMs,
      throttled: options.throttling === 'on',
      onFunctionLog: options.onFunctionLog ?? (() => {}),
      onInvocation: options.onInvocation,
      onCall: options.onCall,
      now: Date.now,
      ...(options.keep === undefined ? {} : { keep: options.keep }),
    });
    gateway.serve(machine.gateway);
    for (const [id, handler] of machine.httpApis) apis.get(id)?.serve(handler);
    machine.tables.startExpiry();
    for (const source of [...machine.sources, ...machine.streamSources]) source.start();
    if (options.schedules !== 'off') machine.schedules.start();
    const apiUrl = [...apis.values()][0]?.url ?? '';
    return createCloud(machine, { apiUrl, endpoint: gateway.url, region, adminKey, users, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

function createCloud(
  machine: Machine,
  {
    adminKey,
    users,
    ...addresses
  }: {
    apiUrl: string;
    endpoint: string;
    region: string;
    adminKey: string;
    users: readonly User[];
    stop: () => Promise<void>;
  },
): Cloud {
  const {
    deployment,
    functions,
    tables,
    queues,
    sources,
    streamSources,
    authorizer,
    metrics,
    schedules,
    buses,
  } = machine;
  const find = <T extends RunningType>(kind: string, reference: string, ...types: T[]) =>
    findByReference(
      kind,
      types.flatMap((type) => select(deployment, type)),
      reference,
    );
  const functionOf = (reference: string) => {
    const all = functions.all().map((local) => ({ ...referable(local.resource), local }));
    return findByReference('function', all, reference).local;
  };
  const queueArn = (reference: string): string => find('queue', reference, 'AWS::SQS::Queue').arn;
  const policyArn = (reference: string): string =>
    find('managed policy', reference, 'AWS::IAM::ManagedPolicy').ref;
  let stopping: Promise<void> | undefined;
  return {
    ...addresses,
    adminCredentials: { accessKeyId: adminKey, secretAccessKey: 'local' },
    outputs: deployment.outputs(),
    functions: functions
      .all()
      .map(({ resource: { ref, logicalId, path } }) => ({ name: ref, logicalId, path })),
    metrics,
    load: () => functions.fleet.load,
    async invoke(reference, payload) {
      const outcome = await functions.invoke(functionOf(reference), payload, 'caller-waits');
      if (!outcome.failure) return { payload: outcome.payload };
      const { errorType, errorMessage } = outcome.failure;
      return { payload: null, error: { errorType, errorMessage } };
    },
    fire: (reference) => schedules.run(findByReference('schedule', schedules.all(), reference)),
    queues: async () => queues.counts(),
    peek: (reference) => queues.peek(queueArn(reference)),
    endWaits(reference) {
      const held = (handle: string): boolean => sources.some((source) => source.holds(handle));
      queues.endWaits(held, reference === undefined ? undefined : queueArn(reference));
      if (reference === undefined) for (const source of streamSources) source.endWaits();
    },
    expire: (expiry) => tables.expire(expiry),
    lagIndexes: (lag) => tables.lagIndexes(typeof lag === 'number' ? () => lag : lag),
    events: (reference) =>
      buses.events(
        reference === undefined ? undefined : find('event bus', reference, 'AWS::Events::EventBus').ref,
      ),
    tableName: (reference) =>
      find('table', reference, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').ref,
    queueUrl: (reference) => find('queue', reference, 'AWS::SQS::Queue').ref,
    secretId: (reference) => find('secret', reference, 'AWS::SecretsManager::Secret').ref,
    idle(options = {}) {
      const { withinMs = IDLE_WITHIN_MS, but = [] } =
        typeof options === 'number' ? { withinMs: options } : options;
      return waitUntilIdle(machine, withinMs, new Set(but.map((ref) => nameIn(queueArn(ref)))));
    },
    credentialsOf: (reference) => ({
      accessKeyId: functionOf(reference).accessKeyId,
      secretAccessKey: 'local',
    }),
    credentialsWith: (reference) => ({
      accessKeyId: users.find((user) => user.policyArn === policyArn(reference))?.accessKeyId ?? '',
      secretAccessKey: 'local',
    }),
    withoutPermission: (reference, action) =>
      authorizer.remove(functionOf(reference).resource.logicalId, action),
    grants: () => {
      const roles = select(deployment, 'AWS::IAM::Role');
      return authorizer.grants().flatMap((grant) => {
        const role = roles.find(({ arn }) => arn === grant.roleArn);
        return role === undefined ? [] : [grantOf(grant, role.path)];
      });
    },
    grantsOfPolicy(reference) {
      const arn = policyArn(reference);
      return authorizer
        .grants()
        .filter(({ roleArn }) => roleArn === userArn(arn))
        .map((grant) => grantOf(grant, reference));
    },
    definitionOf: (reference) => functionOf(reference).definition,
    cool: (reference) => functions.fleet.cool(functionOf(reference).definition.functionName),
    stop() {
      stopping ??= addresses.stop();
      return stopping;
    },
  };
}

function referable({ logicalId, path, ref }: Referable): Referable {
  return { logicalId, path, ref };
}
