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
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { deployedFor } from '../../../functions/pipeline/deployed.ts';
import { createPollers } from '../../../functions/pipeline/poll.ts';
import { createProcessor, type Processor, processEvent } from '../../../functions/pipeline/process.ts';
import { openStore, type StoreContext } from '../../../functions/pipeline/store-context.ts';
import type { Account } from '../../../functions/platforms/connection.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import type { Store } from '../../../functions/platforms/store.ts';
import { secretName } from '../../../functions/runtime/environment.ts';
import { type Message, messageSchema, pack } from '../../../functions/runtime/queue.ts';
import { createAuditTrail } from '../../../functions/storage/audit-trail.ts';
import { createBackfillRequests } from '../../../functions/storage/backfill-requests.ts';
import { createOrderIndex } from '../../../functions/storage/order-index.ts';
import { countingMetrics, keptLog, keptQueue, movedClock } from '../fakes.ts';
import type { LocalTables } from '../local-tables.ts';
import { type BazaarKind, createBazaar } from './platform.ts';
import { APP_SECRET, type BazaarSettings } from './settings.ts';
import { createBazaarShop } from './shop.ts';

export interface BenchOptions extends BazaarKind {
  /** Ids of the merchant's stores; a test has its own, because a file's tests share one table. */
  stores: readonly [string, ...string[]];
  /** Of each store. */
  settings?: Omit<BazaarSettings['stores'][number], 'storeId'>;
  /** Changes the platform. */
  change?: (platform: ReturnType<typeof createBazaar>) => Partial<Platform>;
}

const secretId = (credential: string, storeId?: string): string =>
  `secret:${secretName(credential, storeId)}`;

let serial = 0;

/**
 * A merchant's account with stores at Bazaar: real tables in process, a queue that keeps what it is sent, secrets in
 * memory, one clock for all, and Bazaar itself at the other end of `fetch`. What is opened on it is made by the
 * functions' own factories.
 */
export function openBazaar(
  tables: LocalTables,
  { stores: storeIds, settings, change, ...kind }: BenchOptions,
) {
  const clock = movedClock();
  const shop = createBazaarShop(clock);
  const queue = keptQueue();
  const metrics = { ...countingMetrics(), flush: () => {} };
  const log = { ...keptLog(), begin: () => {} };
  const secrets = new Map<string, object>([[secretId('app'), APP_SECRET]]);
  for (const id of storeIds) secrets.set(secretId('store', id), shop.grant(id));
  serveAws(tables, { queue, secrets });
  vi.stubGlobal('fetch', shop.fetch);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });

  const plain = createBazaar(kind);
  const platform: Platform = { ...plain, ...change?.(plain) } as Platform;
  const deployed = deployedFor(platform, { stores: storeIds.map((storeId) => ({ storeId, ...settings })) });
  const { client, table } = tables;
  const runtime = {
    env: {
      MERCHANT: 'demo',
      LOG_LEVEL: 'INFO',
      SECRETS: Object.fromEntries(
        [['app'] as const, ...storeIds.map((id) => ['store', id] as const)].map(([credential, id]) => [
          secretName(credential, id),
          secretId(credential, id),
        ]),
      ),
      QUEUE_URL: 'https://queue',
      CONTROL_TABLE: table,
      ORDERS_TABLE: table,
      RAW_DAYS: 90,
      WEBHOOK_URL: 'https://acopio.test/webhooks/bazaar',
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
  const storeOf = (id: string = storeIds[0]): Store => {
    const found = deployed.stores.find((store) => store.id === id);
    if (found === undefined) throw new Error(`there is no store ${id}`);
    return found;
  };
  const keyOf = (platformOrderId: string, storeId: string = storeIds[0]) => ({
    platform: 'bazaar',
    storeId,
    platformOrderId,
  });
  const contexts = new Map<string, StoreContext>();
  /** A store as the operator's program, or any container, opens it. */
  const context = (id: string = storeIds[0], fresh = false): StoreContext => {
    const known = contexts.get(id);
    if (known !== undefined && !fresh) return known;
    const made = openStore(platform, storeOf(id), { account, ordersTable: table, rawDays: 90, queue });
    contexts.set(id, made);
    return made;
  };
  const items = async (): Promise<Record<string, unknown>[]> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    return Items.filter((item) =>
      storeIds.some((id) => JSON.stringify([item.pk, item.sk]).includes(`#${id}`)),
    );
  };

  return {
    clock,
    shop,
    queue,
    metrics,
    log,
    secrets,
    platform,
    deployed,
    runtime,
    account,
    storeId: storeIds[0],
    store: storeOf,
    key: keyOf,
    context,
    get circuit() {
      return context().connection.circuit;
    },
    secretOf: (storeId: string = storeIds[0]) => secrets.get(secretId('store', storeId)),
    setSecret: (value: object, storeId: string = storeIds[0]) =>
      void secrets.set(secretId('store', storeId), value),
    pollers: () => createPollers(deployed, runtime),
    processor: (): Processor => createProcessor(deployed, runtime, () => 0.5),
    index: createOrderIndex(client, table),
    /** What the first store's next reconciliation is asked to go back to. */
    backfill: createBackfillRequests({ client, table, clock, platform: 'bazaar', storeId: storeIds[0] }),
    trail: createAuditTrail({ client, table, clock }),
    row: (orderId: string, storeId?: string): Promise<OrderRow | undefined> =>
      context().orders.get(keyOf(orderId, storeId)),
    /** Rows of the first store that wait for a person for this reason. */
    async reviews(reason: string, storeId: string = storeIds[0]): Promise<OrderRow[]> {
      const keys = await createOrderIndex(client, table).needsReview('bazaar');
      const rows = await Promise.all(keys.map((key) => context().orders.get(key)));
      return rows
        .filter((row) => row !== undefined)
        .filter((row) => row.storeId === storeId && row.review?.reason === reason);
    },
    copies: (orderId: string) => context().raws.list(keyOf(orderId)),
    /** Items of this test's stores. */
    items,
    /** Those that are not the bucket's, in which also a dry run's calls count. */
    written: async () => (await items()).filter(({ pk }) => !String(pk).startsWith('bucket#')),
  };
}
export type Bazaar = ReturnType<typeof openBazaar>;

/** Everything that AWS is for these tests. */
function serveAws(
  { endpoint }: LocalTables,
  { queue, secrets }: { queue: ReturnType<typeof keptQueue>; secrets: Map<string, object> },
): void {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint);
  vi.stubEnv('AWS_REGION', 'sa-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageCommand).callsFake(async ({ MessageBody, DelaySeconds }) => {
    await queue.send(messageSchema.parse(JSON.parse(String(MessageBody))), DelaySeconds);
    return {};
  });
  const manager = mockClient(SecretsManagerClient);
  manager.on(GetSecretValueCommand).callsFake(async ({ SecretId }) => {
    const secret = secrets.get(String(SecretId));
    return secret === undefined ? {} : { SecretString: JSON.stringify(secret) };
  });
  manager.on(PutSecretValueCommand).callsFake(async ({ SecretId, SecretString }) => {
    secrets.set(String(SecretId), JSON.parse(String(SecretString)) as object);
    return {};
  });
  onTestFinished(() => {
    sqs.restore();
    manager.restore();
    vi.unstubAllEnvs();
  });
}

/** A message as a webhook or a poll makes it of these bytes. */
export function received(bed: Pick<Bazaar, 'clock'>, body: unknown, rest: object = {}): Message {
  serial += 1;
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const [payload] = pack(bytes);
  return messageSchema.parse({
    v: 1,
    kind: 'received',
    via: 'webhook',
    topic: 'event',
    correlationId: `c-${serial}`,
    receivedAt: bed.clock.now(),
    attempts: 0,
    payload,
    ...rest,
  });
}

/** A webhook that says that an order changed. */
export const changed = (
  bed: Pick<Bazaar, 'clock' | 'storeId'>,
  order: string,
  shop: string = bed.storeId,
): Message => received(bed, { shop, event: 'order.changed', order });

/** A request to fetch an order again, as a reconciliation makes it. */
export function refresh(bed: Pick<Bazaar, 'clock' | 'storeId'>, orderId: string, rest: object = {}): Message {
  serial += 1;
  return messageSchema.parse({
    v: 1,
    kind: 'refresh',
    correlationId: `c-${serial}`,
    receivedAt: bed.clock.now(),
    attempts: 0,
    storeId: bed.storeId,
    orderId,
    origin: 'reconcile',
    priority: 'bulk',
    ...rest,
  });
}

/** A message that was sent, to be delivered again; the latest when no number is given. */
export const sent = ({ queue }: Pick<Bazaar, 'queue'>, at = -1): Message => queue.sent.at(at)!.message;

/** Delivers a batch of messages; answers which of them come back, by their place in the batch. */
export async function deliver(processor: Processor, ...messages: Message[]): Promise<number[]> {
  const Records = messages.map((message, index) => ({
    messageId: `${index}`,
    body: JSON.stringify(message),
  }));
  const { batchItemFailures } = await processEvent(processor, { Records } as SQSEvent);
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)).sort((a, b) => a - b);
}

/** A processor whose fetches wait for `line.delaySeconds`, and that remembers by which priority they asked. */
export function inLine(bed: Pick<Bazaar, 'clock'>, processor: Processor) {
  const line = { delaySeconds: 0, asked: [] as string[] };
  const admit: ReturnType<Processor['store']>['gate']['admit'] = async (batch) =>
    batch.map(({ id, priority }) => {
      line.asked.push(priority);
      const { delaySeconds } = line;
      if (delaySeconds === 0) return { id, go: true };
      return { id, go: false, delaySeconds, scheduledAt: bed.clock.now() + delaySeconds * 1000 };
    });
  const waiting: Processor = {
    ...processor,
    store: (id) => ({ ...processor.store(id), gate: { admit } }),
  };
  return { line, processor: waiting };
}
