import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { table } from '../../chaos/aws/clients.ts';
import { Tables } from '../../chaos/aws/tables.ts';
import { channelsOf, merchantNamed } from '../../config/merchant.ts';
import type { Order } from '../../functions/domain/order.ts';
import { PlatformError } from '../../functions/http/errors.ts';
import { fetchChanged } from '../../functions/pipeline/fetch.ts';
import type { Fetcher } from '../../functions/pipeline/fetch-one.ts';
import { addChange, type ChangedThings } from '../../functions/pipeline/refresh-request.ts';
import { openStore } from '../../functions/pipeline/store-context.ts';
import { createGate } from '../../functions/rate-limit/gate.ts';
import type { Message, SingleMessage } from '../../functions/runtime/queue.ts';
import type { Container } from './queue.ts';
import { DATABASE_MS, type Scenario } from './scenario.ts';
import { type Body, type Design, type Hands, simulate } from './simulate.ts';

/** What the consumer asked of its tables and its queue for one call of the platform, by what the items are for. */
export interface ConsumerFigures {
  scenario: string;
  calls: number;
  /** Writes, those that were refused among them. */
  writes: Record<Purpose, number>;
  reads: Record<Purpose, number>;
  /** Messages that were sent again, as many as travelled in one being one. */
  sends: number;
}

const PURPOSES = ['bucket', 'pending', 'circuit', 'row'] as const;
type Purpose = (typeof PURPOSES)[number];

/** A part of a request by which its item is known, in the document client's notation and in the service's own. */
const pk = z.union([z.string(), z.object({ S: z.string() }).transform(({ S }) => S)]);
const request = z.object({
  TableName: z.string(),
  Key: z.object({ pk }).optional(),
  Item: z.object({ pk }).optional(),
});

/** Plays a scenario with the code that fetches orders, over tables in memory. The same seed gives the same figures. */
export async function countConsumer(scenario: Scenario, seed: number): Promise<ConsumerFigures> {
  const counts = { writes: noCounts(), reads: noCounts(), sends: 0 };
  const run = await simulate(consumer(counts), scenario, seed);
  const calls = run.messages.filter(({ called }) => called !== undefined).length;
  const each = (of: Record<Purpose, number>) => ({
    bucket: of.bucket / calls,
    pending: of.pending / calls,
    circuit: of.circuit / calls,
    row: of.row / calls,
  });
  return {
    scenario: scenario.name,
    calls,
    writes: each(counts.writes),
    reads: each(counts.reads),
    sends: counts.sends / calls,
  };
}

type Counts = Pick<ConsumerFigures, 'writes' | 'reads' | 'sends'>;

const noCounts = (): Record<Purpose, number> => ({ bucket: 0, pending: 0, circuit: 0, row: 0 });

/** This project's own consumer, with all that it reads and writes. */
const consumer = (counts: Counts): Design => ({
  name: 'the consumer',
  start(hands) {
    const tables = new Tables({ now: hands.time.now, onWrite: () => {} });
    const fetchers = new WeakMap<Container, Fetcher>();
    const fetcherOf = (container: Container) => {
      const known = fetchers.get(container) ?? openFetcher(hands, container, tables, counts);
      fetchers.set(container, known);
      return known;
    };
    return async (batch, container) => {
      const fetcher = fetcherOf(container);
      const things: ChangedThings = new Map();
      for (const [index, { body }] of batch.entries())
        for (const one of body.cohort ?? [body]) {
          const message = one.message ?? refreshOf(one, fetcher);
          addChange(
            things,
            { resource: 'order', id: one.id },
            { messageId: `${index}`, message, bytes: NONE },
          );
        }
      const { failures } = await fetchChanged(fetcher, things.values());
      const failed = new Set(failures.map(({ messageId }) => messageId));
      return batch.filter((_, index) => failed.has(`${index}`));
    };
  },
});

const NONE = new Uint8Array();
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

function refreshOf({ id, priority, attempts }: Body, { store, clock }: Fetcher): SingleMessage {
  const about = { v: 1, correlationId: id, receivedAt: clock.now(), attempts, storeId: store.id } as const;
  return { ...about, kind: 'refresh', orderId: id, origin: 'reconcile', priority };
}

function openFetcher(hands: Hands, container: Container, tables: Tables, counts: Counts): Fetcher {
  const { time, random } = hands;
  const clock = { now: () => time.now() + container.skewMs, sleep: time.sleep };
  const { platform, store } = fetchedStore();
  const metrics = { add() {} };
  const queue: Fetcher['queue'] = {
    async send(message, delaySeconds = 0) {
      counts.sends += 1;
      await hands.send([{ body: bodyOf(message), delayMs: delaySeconds * 1000 }], container);
    },
  };
  const context = openStore(platform, store, {
    account: {
      dynamo: countingClient(hands, tables, counts),
      controlTable: 'control',
      secretsManager: new SecretsManagerClient({ region: 'sa-east-1' }),
      secretId: (credential) => credential,
      clock,
      metrics,
      log: SILENT,
    },
    ordersTable: 'orders',
    rawDays: 90,
    queue,
  });
  const { connection } = context;
  const get = async (_api: unknown, id: string) => {
    const askedAt = time.now();
    const body = { id, priority: 'bulk', attempts: 0 } as const;
    const { status, limit, remaining, resetMs } = await hands.call(body, container);
    const throttled = status === 429;
    await connection.bucket.observe({ limit, remaining, resetMs, ageMs: time.now() - askedAt, throttled });
    if (throttled)
      throw new PlatformError({
        platform: platform.name,
        operation: 'get',
        kind: 'retry-later',
        status,
        throttled,
      });
    return { json: id, bytes: Buffer.from(id) };
  };
  const normalise = (id: unknown) =>
    ({ ok: true, order: orderOf(String(id), platform.name, store.id) }) as const;
  return {
    ...context,
    platform: {
      ...platform,
      resources: { ...platform.resources, order: { ...platform.resources.order, get, normalise } },
    },
    connection: {
      ...connection,
      api: () => undefined,
      check: () => connection.circuit.check(),
      succeeded: () => connection.circuit.recordSuccess(),
    },
    gate: createGate({ bucket: connection.bucket, sleep: time.sleep }),
    random: () => random.next(),
  };
}

/** The demo merchant's first store whose platform queues, and whose orders are fetched. */
function fetchedStore() {
  for (const { platform, stores } of channelsOf(merchantNamed('demo')))
    for (const store of stores)
      if (platform.resources.order.truth === 'fetched' && platform.limits(store).api?.queues)
        return { platform, store };
  throw new Error('the demo merchant has no store whose platform queues');
}

function bodyOf(message: Message): Body {
  if (message.kind === 'cohort') {
    const cohort = message.messages.map(bodyOf);
    const [first] = cohort;
    if (first !== undefined) return { ...first, cohort };
  }
  if (message.kind !== 'refresh') throw new Error(`the consumer sent a message of kind ${message.kind}`);
  return { id: message.orderId, priority: message.priority, attempts: message.attempts, message };
}

/** A client of tables in memory, which are as far away as those of the other designs. */
function countingClient({ time, random }: Hands, tables: Tables, counts: Counts): DynamoDBDocumentClient {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'sa-east-1' }));
  const way = () => time.sleep(DATABASE_MS * (0.25 + random.exponential(0.25)));
  const send = async (command: { input: unknown }): Promise<object> => {
    const { TableName, Key, Item } = request.parse(command.input);
    const purpose = purposeOf(TableName, (Key ?? Item)?.pk ?? '');
    const isRead = /^(Get|Query)/.test(command.constructor.name);
    counts[isRead ? 'reads' : 'writes'][purpose] += 1;
    await way();
    try {
      return table({ tables }, command);
    } finally {
      await way();
    }
  };
  return Object.defineProperty(client, 'send', { value: send });
}

function purposeOf(tableName: string, key: string): Purpose {
  if (tableName === 'orders') return 'row';
  if (key.startsWith('bucket#')) return 'bucket';
  return key.startsWith('circuit#') ? 'circuit' : 'pending';
}

const orderOf = (platformOrderId: string, platform: Order['platform'], storeId: string): Order => ({
  platform,
  storeId,
  platformOrderId,
  status: 'received',
  payment: { status: 'paid' },
  fulfilment: { status: 'unpacked', kind: 'delivery', by: 'platform', parcels: [] },
  platformStatus: { status: 'open' },
  countsAsSale: true,
  currency: 'ARS',
  totals: {},
  lines: [],
  personal: {},
  warnings: [],
});
