import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { PLATFORMS, type Platform } from '../../functions/platforms/names.ts';
import { ROUTES } from '../../functions/platforms/routes.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { connect } from '../aws/event-source.ts';
import { type CallOutcome, createFunction, type Handler } from '../aws/functions.ts';
import type { Invocation } from '../aws/invocation.ts';
import { createSimQueue, type Disorder, type SimQueue } from '../aws/queue.ts';
import type { Loop } from '../time/loop.ts';
import { type ContainerParts, coldStarts } from './containers.ts';
import { DEPLOYED } from './merchant.ts';

export interface AccountOptions extends ContainerParts {
  loop: Loop;
  random: SeededRandom;
  disorder(): Disorder;
  onEnd(invocation: Invocation, outcome: CallOutcome<unknown>): void;
}

/** The merchant's account: queues, functions, and what starts them. */
export interface SimAccount {
  queues: ReadonlyMap<Platform, SimQueue>;
  /** Takes a webhook as the HTTP API does; answers the status. */
  webhook(request: { path: string; headers: Record<string, string>; body: string }): Promise<number>;
  poll(): Promise<unknown>;
  /** Runs a platform's reconciliation, as its schedule does. */
  reconcile(platform: Platform): Promise<unknown>;
  /** True while a message waits in a queue or is being worked on. */
  busy(): boolean;
}

export function createAccount(options: AccountOptions): SimAccount {
  const { loop, random, disorder, onEnd } = options;
  const starts = coldStarts(options);
  const make = <E, R>(name: string, timeoutMs: number, coldStart: (clock: Clock) => Handler<E, R>) =>
    createFunction<E, R>({ name, timeoutMs, coldStart, loop, random: random.fork(name), onEnd });
  const { receiver, consumer, poller, reconciler } = DEPLOYED;
  const receivers = {
    nuvemshop: make('nuvemshop-webhook', receiver.timeoutMs, starts.nuvemshopWebhook),
    pedidosya: make('pedidosya-webhook', receiver.timeoutMs, starts.pedidosyaWebhook),
  };
  const consumers = {
    nuvemshop: make('nuvemshop-orders', consumer.timeoutMs, starts.nuvemshopOrders),
    pedidosya: make('pedidosya-orders', consumer.timeoutMs, starts.pedidosyaOrders),
    imotriz: make('imotriz-orders', consumer.timeoutMs, starts.imotrizOrders),
  };
  const reconcilers = {
    nuvemshop: make('nuvemshop-reconcile', reconciler.timeoutMs, starts.nuvemshopReconcile),
    pedidosya: make('pedidosya-reconcile', reconciler.timeoutMs, starts.pedidosyaReconcile),
    imotriz: make('imotriz-reconcile', reconciler.timeoutMs, starts.imotrizReconcile),
  };
  const imotrizPoll = make('imotriz-poll', poller.timeoutMs, starts.imotrizPoll);
  const queues = new Map<Platform, SimQueue>();
  let webhooks = 0;
  const sources = PLATFORMS.map((platform) => {
    const { visibilityMs, maxReceives, batchSize } = consumer;
    const queue = createSimQueue({
      name: platform,
      visibilityMs,
      maxReceives,
      loop,
      random: random.fork(`queue-${platform}`),
      disorder,
    });
    queues.set(platform, queue);
    return connect({ queue, consumer: consumers[platform], batchSize, ...consumer[platform], loop });
  });
  return {
    queues,
    async webhook(request) {
      const target = request.path === ROUTES.pedidosya ? receivers.pedidosya : receivers.nuvemshop;
      webhooks += 1;
      const outcome = await target.invoke(httpEvent(request, `webhook-${webhooks}`));
      return outcome.ok ? (outcome.result.statusCode ?? 200) : 503;
    },
    poll: () => imotrizPoll.invoke(null),
    reconcile: (platform) => reconcilers[platform].invoke({ scheduled: true }),
    busy: () => sources.some((source) => source.busy()) || [...queues.values()].some(({ size }) => size > 0),
  };
}

function httpEvent(
  { path, headers, body }: { path: string; headers: Record<string, string>; body: string },
  requestId: string,
): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers,
    body,
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'chaos',
      domainName: 'api.invalid',
      domainPrefix: 'api',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'simulated' },
      requestId,
      routeKey: `POST ${path}`,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
  };
}
