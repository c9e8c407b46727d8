import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { commandsPart } from '../../functions/erp/api/acceptor.ts';
import { answerRequest, type HttpEvent, problemsAsAnswers } from '../../functions/erp/api/answer-request.ts';
import { createApi } from '../../functions/erp/api/api.ts';
import { createPublisher, publish } from '../../functions/erp/publish.ts';
import { createSweeper, sweep } from '../../functions/erp/sweep.ts';
import { makeToken } from '../../functions/erp/tokens.ts';
import { createDeliverer, deliverEvent } from '../../functions/erp/webhooks/deliver.ts';
import { createDispatchers, dispatchEvent } from '../../functions/outbound/commands/dispatch-event.ts';
import { longestCallMs } from '../../functions/runtime/aws-clients.ts';
import { type ErpJob, readEnvironment } from '../../functions/runtime/environment.ts';
import { frame } from '../../functions/runtime/handler.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { rowOf } from '../storage/samples.ts';
import { openSilent } from '../support/bazaar/silent-account.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import {
  type Behaviour,
  endpoint,
  IMPATIENT,
  passOn,
  queueUrl,
  silent,
  useEndpoints,
} from '../support/silent-aws.ts';
import { CHANNELS, OPEN_API, STORES } from './api/api-bench.ts';
import { imageOf } from './stream-image.ts';

const tables = localTables();
/** What a call may take that is told in time, whatever the machine does besides (ms). */
const IN_TIME_MS = 10 * longestCallMs(IMPATIENT);

/** Takes every message. */
const taking: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"MessageId":"m"}');
};
const holding =
  (secret: object): Behaviour =>
  (_, response) => {
    const text = JSON.stringify({ SecretString: JSON.stringify(secret) });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
  };

/** A merchant's account as a function for the merchant's own system meets it; each service behaves as the test says. */
async function open({ secret = {} }: { secret?: object } = {}) {
  const clock = movedClock();
  const table = await endpoint(passOn(tables.endpoint));
  const [queue, secrets, bus] = [
    await endpoint(taking),
    await endpoint(holding(secret)),
    await endpoint(taking),
  ];
  useEndpoints({ table, queue, secrets, bus });
  const log = { ...keptLog(), begin: () => {} };
  const metrics = { ...countingMetrics(), flush: () => {} };
  return {
    clock,
    log,
    metrics,
    table,
    queue,
    secrets,
    bus,
    runtime: <J extends ErpJob>(job: J) => ({
      env: readEnvironment(job, {
        MERCHANT: 'demo',
        SECRETS: JSON.stringify({ tokens: 'tokens', signing: 'signing' }),
        QUEUE_URL: queueUrl(queue),
        CONTROL_TABLE: tables.table,
        ORDERS_TABLE: tables.table,
        RAW_DAYS: '90',
        EVENT_BUS: 'bus',
        COMMAND_QUEUES: JSON.stringify({ shop: queueUrl(queue) }),
      }),
      log,
      metrics,
      clock,
      patience: IMPATIENT,
    }),
  };
}
type Account = Awaited<ReturnType<typeof open>>;

/** What a work came to, and that it ended in time. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    expect(performance.now() - began).toBeLessThan(IN_TIME_MS);
  }
}

describe('the API', () => {
  const made = makeToken({ name: 'erp', client: 'erp', scopes: ['orders:read', 'commands'] }, 0);
  const stored = { tokens: [made.stored] };

  function ask({ runtime, log }: Account, method: string, path: string, body?: object) {
    const api = createApi(
      {
        stores: STORES,
        loadCommands: async () => commandsPart(CHANNELS),
        loadFurther: () => import('../../functions/erp/api/further-part.ts'),
        loadStockHints: () => import('../../functions/erp/api/stock-hints-part.ts'),
        loadOpenApi: async () => ({ default: OPEN_API }),
      },
      runtime('api'),
    );
    const handler = frame<HttpEvent, Awaited<ReturnType<typeof answerRequest>>>(
      { ...runtime('api'), log },
      (event, run) => answerRequest(api, event, run),
      problemsAsAnswers(log),
    );
    const event = {
      routeKey: `${method} ${path}`,
      rawPath: path,
      headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
      requestContext: { http: { method, path } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 28_000 };
    return inTime(() => handler(event as unknown as HttpEvent, context as Context));
  }
  const UNAVAILABLE = { statusCode: 503, headers: { 'retry-after': '5' } };

  it('answers 503 in time when the table is silent', async () => {
    const account = await open({ secret: stored });
    account.table.behave = silent;

    expect(await ask(account, 'GET', '/v1/orders')).toMatchObject(UNAVAILABLE);
  });

  it('answers 503 in time when the secret with the tokens does not come, and looks at nothing', async () => {
    const account = await open();
    account.secrets.behave = silent;

    expect(await ask(account, 'GET', '/v1/orders')).toMatchObject(UNAVAILABLE);
    expect(account.table.count).toBe(0);
  });

  it('keeps a command though the queue of its platform is silent: the sweep tells of it', async () => {
    const account = await open({ secret: stored });
    account.queue.behave = silent;
    await createOrderStore(tables.client, tables.table).put(rowOf('silent-queue'), 0);
    const item = { id: 'silent', order: 'shop:s:silent-queue', command: 'note', input: { text: 'x' } };

    const answer = await ask(account, 'POST', '/v1/commands', { items: [item] });

    expect(answer.statusCode).toBe(202);
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ items: [{ result: 'accepted' }] });
    expect(account.log.lines.map(({ message }) => message)).toContain(
      'nobody was told of what has commands; the sweep tells it',
    );
  });
});

describe('the publisher', () => {
  let changes = 0;
  const change = (): DynamoDBStreamEvent => {
    changes += 1;
    const NewImage = imageOf(rowOf(`published-${changes}`, { eventCount: 1 }));
    const record = { ApproximateCreationDateTime: 1_795_000_000, SequenceNumber: String(changes), NewImage };
    return { Records: [{ eventID: `silent-${changes}`, dynamodb: record }] } as DynamoDBStreamEvent;
  };
  const publishOne = ({ runtime }: Account) =>
    inTime(() =>
      publish(
        createPublisher(runtime('publish'), { loadBus: () => import('../../functions/erp/event-bus.ts') }),
        change(),
      ),
    );
  const headOf = async ({ clock }: Account) => (await createFeedReader({ ...tables, clock }).head()).seq;

  it('has the batch come again when the table is silent', async () => {
    const account = await open();
    account.table.behave = silent;

    expect((await publishOne(account)).batchItemFailures).toHaveLength(1);
    expect(account.metrics.total('FeedFailed')).toBe(1);
  });

  it('publishes though the queue of the webhooks is silent: the sweep tells of it', async () => {
    const account = await open();
    const before = await headOf(account);
    await createEndpointAdmin({ ...tables, clock: account.clock }).add(
      { id: 'wh-publish', url: 'https://erp.example.com/' },
      { epoch: 0, seq: 0 },
    );
    account.queue.behave = silent;

    expect(await publishOne(account)).toEqual({ batchItemFailures: [] });
    expect(await headOf(account)).toBe(before + 1);
    expect(account.queue.count).toBe(IMPATIENT.attempts);
  });

  it('publishes though the event bus is silent, and counts what it did not take', async () => {
    const account = await open();
    const before = await headOf(account);
    account.bus.behave = silent;

    expect(await publishOne(account)).toEqual({ batchItemFailures: [] });
    expect(await headOf(account)).toBe(before + 1);
    expect(account.bus.count).toBe(IMPATIENT.attempts);
    expect(account.metrics.total('BusEventsLost')).toBe(1);
  });
});

describe('the deliverer', () => {
  const run = { requestId: 'run-1', remainingMs: () => 120_000 };
  /** One endpoint that lacks an event, whose URL is refused without a call. */
  async function behind(account: Account, id: string): Promise<void> {
    const { runtime, clock } = account;
    const NewImage = imageOf(rowOf(id, { eventCount: 1 }));
    const record = { ApproximateCreationDateTime: 1_795_000_000, SequenceNumber: '1', NewImage };
    const Records = [{ eventID: id, dynamodb: record }];
    await publish(
      createPublisher(runtime('publish'), { loadBus: () => import('../../functions/erp/event-bus.ts') }),
      { Records } as DynamoDBStreamEvent,
    );
    const admin = createEndpointAdmin({ ...tables, clock });
    const head = await createFeedReader({ ...tables, clock }).head();
    await admin.add({ id, url: 'https://127.0.0.1/' }, { ...head, seq: head.seq - 1 });
  }
  const deliverTo = ({ runtime }: Account, id: string) => {
    const Records = [{ messageId: 'm', body: JSON.stringify({ v: 1, endpoint: id }) }];
    return inTime(() => deliverEvent(createDeliverer(runtime('deliver')), { Records } as SQSEvent, run));
  };

  it('ends by itself when the table is silent', async () => {
    const account = await open();
    account.table.behave = silent;

    await expect(deliverTo(account, 'wh-table')).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('gives the endpoint back when its signing secret does not come', async () => {
    const account = await open();
    await behind(account, 'wh-secret');
    account.secrets.behave = silent;

    await expect(deliverTo(account, 'wh-secret')).rejects.toMatchObject({ name: 'TimeoutError' });

    const endpointNow = await createEndpointAdmin({ ...tables, clock: account.clock }).get('wh-secret');
    expect(endpointNow?.leaseOwner).toBeUndefined();
  });

  it('ends though it can tell nobody when to go on: the sweep does', async () => {
    const account = await open({
      secret: { 'wh-queue': ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
    });
    await behind(account, 'wh-queue');
    account.queue.behave = silent;

    await deliverTo(account, 'wh-queue');

    expect(account.log.lines.map(({ message }) => message)).toContain(
      'work of an endpoint could not be announced',
    );
  });
});

describe('the sweep', () => {
  const sweepOnce = ({ runtime }: Account) => inTime(() => sweep(createSweeper(runtime('sweep'), [])));

  it('ends by itself when the table is silent, and says which parts were not done', async () => {
    const account = await open();
    account.table.behave = silent;

    await expect(sweepOnce(account)).rejects.toMatchObject({ name: 'TimeoutError' });

    const parts = account.log.lines.map(({ fields }) => fields.part);
    expect(parts.sort()).toEqual(['acknowledgements', 'commands', 'endpoints', 'feed', 'pointer']);
    expect(account.metrics.seen('SweepCompleted')).toBe(false);
  });

  it('does what needs no queue when the queue is silent', async () => {
    const account = await open();
    const admin = createEndpointAdmin({ ...tables, clock: account.clock });
    await admin.add({ id: 'wh-sweep', url: 'https://erp.example.com/' }, { epoch: 1, seq: 0 });
    account.queue.behave = silent;

    await expect(sweepOnce(account)).rejects.toMatchObject({ name: 'TimeoutError' });

    expect(account.metrics.seen('OrdersUnacknowledged')).toBe(true);
    expect(account.log.lines.map(({ fields }) => fields.part)).not.toContain('acknowledgements');
  });
});

describe('the dispatcher', () => {
  async function withCommand(store: string, services: Parameters<typeof openSilent>[2] = {}) {
    const bed = await openSilent(tables, store, services);
    const order = bed.shop.place(store).id;
    const key = bed.key(order);
    const commands = createCommandStore({ ...tables, clock: bed.clock });
    await createOrderStore(tables.client, tables.table).put(rowOf(order, key), 0);
    await commands.accept(key, {
      client: 'erp',
      id: `cancel-${store}`,
      command: 'cancel',
      input: { reason: 'customer', restock: true },
      sha256: 'sha',
      giveUpAt: bed.clock.now() + 3_600_000,
      correlationId: 'c-1',
    });
    const dispatch = () => {
      const dispatchers = createDispatchers(bed.deployed, bed.runtime, () => 0.5);
      const body = JSON.stringify({ v: 1, storeId: store, orderId: order });
      const event = { Records: [{ messageId: 'm', body }] } as SQSEvent;
      return inTime(() =>
        dispatchEvent(dispatchers, event, { requestId: 'run-1', remainingMs: () => 120_000 }),
      );
    };
    const now = async () => (await commands.ofOrder(key))[0];
    return { bed, dispatch, now };
  }

  it('ends by itself when the table is silent, and calls nobody', async () => {
    const { bed, dispatch, now } = await withCommand('dispatch-table');
    bed.table.behave = silent;

    await expect(dispatch()).rejects.toMatchObject({ name: 'TimeoutError' });

    expect(bed.shop.calls).toEqual([]);
    expect(await now()).toMatchObject({ state: 'accepted', tries: 0 });
  });

  it('calls nobody when the secret of the platform does not come, and the command waits', async () => {
    const { bed, dispatch, now } = await withCommand('dispatch-secret', { secrets: silent });

    await dispatch().catch(() => {});

    expect(bed.shop.calls).toEqual([]);
    expect(await now()).toMatchObject({ state: 'accepted', tries: 0 });
  });

  it('ends though it can tell nobody when to go on: the sweep does', async () => {
    const { bed, dispatch, now } = await withCommand('dispatch-queue', { queue: true });
    await bed.circuit.trip('401', 'Renew it.');

    await dispatch();

    expect(await now()).toMatchObject({ state: 'accepted', dueAt: expect.any(Number) as number });
    expect(bed.log.lines.map(({ message }) => message)).toContain(
      'nobody was told when to go on with commands; the sweep tells it',
    );
  });
});
