import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { onTestFinished, vi } from 'vitest';
import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import type { Deployed } from '../../functions/pipeline/deployed.ts';
import type { OrderWriter } from '../../functions/pipeline/order-writer.ts';
import { type NewObservation, upsertOrder } from '../../functions/pipeline/order-writer.ts';
import { createPollers } from '../../functions/pipeline/poll.ts';
import { openPrivacyContext } from '../../functions/pipeline/privacy/context.ts';
import { type Processor, processEvent } from '../../functions/pipeline/process.ts';
import {
  createProcessor,
  type ProcessorParts,
  type StoreProcessor,
} from '../../functions/pipeline/processor.ts';
import {
  type Reconciler,
  reconcile,
  reconcileRequest,
} from '../../functions/pipeline/reconcile/reconcile.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import { openStore, type StoreContext } from '../../functions/pipeline/store-context.ts';
import type { Account } from '../../functions/platforms/connection.ts';
import type { Store } from '../../functions/platforms/store.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { ANY_CLIENT, secretName } from '../../functions/runtime/environment.ts';
import { type Message, messageSchema } from '../../functions/runtime/queue.ts';
import { createAuditReader } from '../../functions/storage/audit-trail.ts';
import { createBackfillRequests } from '../../functions/storage/backfill-requests.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { countingMetrics, keptLog, keptQueue } from './fakes.ts';
import type { LocalTables } from './local-tables.ts';

/** What lies beside a consumer. */
export const PROCESSOR_PARTS: ProcessorParts = {
  loadRare: () => import('../../functions/pipeline/rare-part.ts'),
};

/** What the installation link of these deployments carries. */
export const INSTALL_KEY = 'key-of-the-installation-link';

export const secretId = (credential: string, storeId?: string): string =>
  `secret:${secretName(credential, storeId)}`;

export interface DeploymentOptions {
  /** The platform with the merchant's stores; the first one is meant where none is named. */
  deployed: Deployed;
  clock: Clock;
  /** By `secretId`. */
  secrets: Map<string, object>;
}

/**
 * A merchant's account with the functions of one platform: real tables in process, a queue that keeps what it is sent,
 * secrets in memory, one clock for all. What is opened on it is made by the functions' own factories.
 */
export function openDeployment(tables: LocalTables, { deployed, clock, secrets }: DeploymentOptions) {
  const { platform, stores } = deployed;
  const queue = keptQueue();
  const metrics = { ...countingMetrics(), flush: () => {} };
  const log = { ...keptLog(), begin: () => {} };
  const aws = serveAws(tables, { queue, secrets });
  const { client, table } = tables;
  const runtime = {
    env: {
      MERCHANT: 'demo',
      LOG_LEVEL: 'INFO',
      SECRETS: Object.fromEntries([...secrets.keys()].map((id) => [id.replace(/^secret:/, ''), id])),
      QUEUE_URL: 'https://queue',
      CONTROL_TABLE: table,
      ORDERS_TABLE: table,
      RAW_DAYS: 90,
      ACKNOWLEDGED_BY: ANY_CLIENT,
      WEBHOOK_URL: `https://acopio.test/webhooks/${platform.name}`,
      INSTALL_KEY,
    },
    log,
    metrics,
    clock,
  } as const;
  const account: Account = {
    dynamo: client,
    controlTable: table,
    secretsManager: new SecretsManagerClient({}),
    secretId,
    clock,
    metrics,
    log,
  };
  const storeOf = (id?: string): Store => {
    const found = id === undefined ? stores[0] : stores.find((store) => store.id === id);
    if (found === undefined) throw new Error(`there is no store ${id}`);
    return found;
  };
  const first = storeOf().id;
  const keyOf = (platformOrderId: string, storeId: string = first): OrderKey => ({
    platform: platform.name,
    storeId,
    platformOrderId,
  });
  const contexts = new Map<string, StoreContext>();
  /** A store as the operator's program, or any container, opens it. */
  const context = (id: string = first, fresh = false): StoreContext => {
    const known = contexts.get(id);
    if (known !== undefined && !fresh) return known;
    const made = openStore(platform, storeOf(id), { account, ordersTable: table, rawDays: 90, queue });
    contexts.set(id, made);
    return made;
  };
  /** Writes what a webhook is said to have brought of an order of the first store. */
  const observe = (orderId: string, reading: NewObservation['reading'], bytes: Uint8Array) =>
    upsertOrder(context(), {
      key: keyOf(orderId),
      reading,
      observedAt: clock.now(),
      receivedAt: clock.now(),
      origin: 'webhook',
      correlationId: `c-${orderId}`,
      bytes,
    });
  const everything = async (): Promise<Record<string, unknown>[]> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    return Items;
  };
  const items = async (): Promise<Record<string, unknown>[]> =>
    (await everything()).filter((item) =>
      stores.some(({ id }) => JSON.stringify([item.pk, item.sk]).includes(`#${id}`)),
    );

  /** Messages in the queue, each by itself, whatever they travel in. */
  const queuedMessages = () =>
    queue.sent.flatMap(({ message }) => (message.kind === 'cohort' ? message.messages : [message]));

  return {
    clock,
    queue,
    metrics,
    log,
    secrets,
    platform,
    deployed,
    runtime,
    account,
    storeId: first,
    store: storeOf,
    key: keyOf,
    context,
    /** What privacy requests of a store are handled with. */
    privacy: (id?: string) => openPrivacyContext(context(id), table, account),
    pollers: () => createPollers(deployed, runtime),
    processor: (): Processor<StoreProcessor> =>
      createProcessor(deployed, runtime, PROCESSOR_PARTS, () => 0.5),
    index: createOrderIndex(client, table),
    /** What the first store's next reconciliation is asked to go back to. */
    backfill: createBackfillRequests({ client, table, clock, platform: platform.name, storeId: first }),
    trail: createAuditReader({ client, table, platforms: [platform.name] }),
    row: (orderId: string, storeId?: string): Promise<OrderRow | undefined> =>
      context().orders.get(keyOf(orderId, storeId)),
    /** Rows of the first store that wait for a person for this reason. */
    async reviews(reason: string, storeId: string = first): Promise<OrderRow[]> {
      const keys = await createOrderIndex(client, table).needsReview(platform.name);
      const rows = await Promise.all(keys.map((key) => context().orders.get(key)));
      return rows
        .filter((row) => row !== undefined)
        .filter((row) => row.storeId === storeId && row.review?.reason === reason);
    },
    observe,
    /** A row that an earlier release made of bytes which it did not understand. */
    notUnderstood: (orderId: string, bytes: Uint8Array) =>
      observe(orderId, { review: { reason: 'schema-mismatch', problem: 'as it was then' } }, bytes),
    copies: (orderId: string) => context().raws.list(keyOf(orderId)),
    /** Ids of the orders that are queued to be fetched. */
    queued: () => queuedMessages().map((message) => ('orderId' in message ? message.orderId : '')),
    queuedMessages,
    /** Calls that were made of Secrets Manager and SQS. */
    awsCalls: aws.calls,
    /** Makes Secrets Manager refuse to be read; the function returned ends it. */
    secretsFail: aws.secretsFail,
    /** Items of all tests of the file. */
    everything,
    /** Items of this test's stores. */
    items,
    /** Those that are not the bucket's, in which also a dry run's calls count. */
    written: async () => (await items()).filter(({ pk }) => !String(pk).startsWith('bucket#')),
  };
}

/** Everything that AWS is for these tests. */
function serveAws(
  { endpoint }: LocalTables,
  { queue, secrets }: { queue: ReturnType<typeof keptQueue>; secrets: Map<string, object> },
) {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint);
  vi.stubEnv('AWS_REGION', 'sa-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageCommand).callsFake(async ({ MessageBody, DelaySeconds }) => {
    await queue.send(messageSchema().parse(JSON.parse(String(MessageBody))), DelaySeconds);
    return {};
  });
  const manager = mockClient(SecretsManagerClient);
  const readSecret = async ({ SecretId }: { SecretId?: string }) => {
    const secret = secrets.get(String(SecretId));
    return secret === undefined ? {} : { SecretString: JSON.stringify(secret) };
  };
  manager.on(GetSecretValueCommand).callsFake(readSecret);
  manager.on(PutSecretValueCommand).callsFake(async ({ SecretId, SecretString }) => {
    secrets.set(String(SecretId), JSON.parse(String(SecretString)) as object);
    return {};
  });
  onTestFinished(() => {
    sqs.restore();
    manager.restore();
    vi.unstubAllEnvs();
  });
  return {
    calls: () => ({ secrets: manager.calls().length, queue: sqs.calls().length }),
    /** Puts another Secrets Manager in the place of the one that holds `secrets`; the function returned ends it. */
    secretsFail(error: Error) {
      manager.on(GetSecretValueCommand).rejects(error);
      return () => void manager.on(GetSecretValueCommand).callsFake(readSecret);
    },
  };
}

/** Delivers a batch of messages; answers which of them come back, by their place in the batch. */
export async function deliver<S extends OrderWriter>(
  processor: Processor<S>,
  ...messages: Message[]
): Promise<number[]> {
  const Records = messages.map((message, index) => ({
    messageId: `${index}`,
    body: JSON.stringify(message),
  }));
  const { batchItemFailures } = await processEvent(processor, { Records } as SQSEvent);
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)).sort((a, b) => a - b);
}

export interface RunOptions {
  event?: object;
  remainingMs?: () => number;
  change?: Partial<Reconciler>;
}

let serial = 0;

/** One run of a store's reconciliation, by default as the schedule starts it. */
export function runOf(
  reconciler: Reconciler,
  { event = { scheduled: true }, remainingMs = () => 300_000, change = {} }: RunOptions = {},
): Promise<Report> {
  serial += 1;
  const run = { requestId: `run-${serial}`, remainingMs };
  return reconcile({ ...reconciler, ...change }, reconcileRequest.parse(event), run);
}
