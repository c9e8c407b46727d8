import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { processBatch } from '../../functions/pipeline/batch.ts';
import { consumerParts } from '../../functions/pipeline/consumer-parts.ts';
import { consumeImotriz } from '../../functions/pipeline/old/imotriz-consumer.ts';
import { createImotrizPoller } from '../../functions/pipeline/old/imotriz-poller.ts';
import { consumeNuvemshop } from '../../functions/pipeline/old/nuvemshop-consumer.ts';
import { createNuvemshopConsumer } from '../../functions/pipeline/old/nuvemshop-parts.ts';
import { createNuvemshopReceiver } from '../../functions/pipeline/old/nuvemshop-receiver.ts';
import { consumePedidosya } from '../../functions/pipeline/old/pedidosya-consumer.ts';
import { createPedidosyaReceiver } from '../../functions/pipeline/old/pedidosya-receiver.ts';
import { createImotrizReconciler } from '../../functions/pipeline/old/reconcile-imotriz-parts.ts';
import { createNuvemshopReconciler } from '../../functions/pipeline/old/reconcile-nuvemshop-parts.ts';
import { createPedidosyaReconciler } from '../../functions/pipeline/old/reconcile-pedidosya-parts.ts';
import { poll } from '../../functions/pipeline/poll.ts';
import { receive } from '../../functions/pipeline/receive.ts';
import {
  type Reconciler,
  reconcile,
  reconcileRequest,
} from '../../functions/pipeline/reconcile/reconcile.ts';
import type { Scan } from '../../functions/pipeline/reconcile/scan-plan.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Log } from '../../functions/runtime/log.ts';
import {
  imotrizPageMessage,
  nuvemshopMessage,
  pedidosyaWebhookMessage,
} from '../../functions/runtime/messages.ts';
import type { FlushedMetrics } from '../../functions/runtime/metrics.ts';
import { createJobResults } from '../../functions/storage/job-results.ts';
import type { Handler } from '../aws/functions.ts';
import { environmentOf, SECRET, SETTINGS } from './merchant.ts';

/** What every container has, beside its clock. */
export interface ContainerParts {
  log(name: string): Log;
  metrics: FlushedMetrics;
}

type ColdStart<Event, Result> = (clock: Clock) => Handler<Event, Result>;
export type Webhook = ColdStart<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
export type Reconcile = ColdStart<object, unknown>;
export type Consumer = ColdStart<SQSEvent, SQSBatchResponse>;

/** Cold starts of our functions: what their entry points make once per container, with the world's clock and log. */
export function coldStarts({ log, metrics }: ContainerParts) {
  const runtime = <E>(name: string, env: E, clock: Clock) => ({ env, clock, log: log(name), metrics });
  return {
    nuvemshopWebhook: ((clock) => {
      const env = environmentOf('nuvemshop', SECRET.nuvemshopApp);
      const receiver = createNuvemshopReceiver(runtime('nuvemshop-webhook', env, clock));
      return (event) => receive(receiver, event);
    }) satisfies Webhook,
    pedidosyaWebhook: ((clock) => {
      const env = environmentOf('pedidosya', SECRET.pedidosyaWebhook);
      const receiver = createPedidosyaReceiver(runtime('pedidosya-webhook', env, clock));
      return (event) => receive(receiver, event);
    }) satisfies Webhook,
    nuvemshopOrders: ((clock) => {
      const env = { ...environmentOf('nuvemshop', SECRET.nuvemshopStore), SETTINGS: SETTINGS.nuvemshop };
      const made = runtime('nuvemshop-orders', env, clock);
      const { consumer, parts } = createNuvemshopConsumer(made);
      const batch = { ...made, parts, schema: nuvemshopMessage };
      return (event) => processBatch(batch, event, (deliveries) => consumeNuvemshop(consumer, deliveries));
    }) satisfies Consumer,
    pedidosyaOrders: ((clock) => {
      const env = { ...environmentOf('pedidosya', SECRET.pedidosyaWebhook), SETTINGS: SETTINGS.pedidosya };
      const made = runtime('pedidosya-orders', env, clock);
      const parts = consumerParts(made, 'pedidosya', SETTINGS.pedidosya.chainId);
      const jobs = createJobResults({
        client: parts.client,
        table: env.CONTROL_TABLE,
        platform: 'pedidosya',
        now: () => clock.now(),
      });
      const batch = { ...made, parts: parts.parts, schema: pedidosyaWebhookMessage };
      const consumer = { ...made, ...parts, settings: SETTINGS.pedidosya, jobs };
      return (event) => processBatch(batch, event, (deliveries) => consumePedidosya(consumer, deliveries));
    }) satisfies Consumer,
    imotrizOrders: ((clock) => {
      const env = { ...environmentOf('imotriz', SECRET.imotriz), SETTINGS: SETTINGS.imotriz };
      const made = runtime('imotriz-orders', env, clock);
      const parts = consumerParts(made, 'imotriz', SETTINGS.imotriz.storeId);
      const batch = { ...made, parts: parts.parts, schema: imotrizPageMessage };
      const consumer = { ...made, ...parts, settings: SETTINGS.imotriz };
      return (event) => processBatch(batch, event, (deliveries) => consumeImotriz(consumer, deliveries));
    }) satisfies Consumer,
    imotrizPoll: ((clock) => {
      const env = { ...environmentOf('imotriz', SECRET.imotriz), SETTINGS: SETTINGS.imotriz };
      const poller = createImotrizPoller(runtime('imotriz-poll', env, clock));
      return async (_event, { requestId: runId, remainingMs }) => poll(poller, { runId, remainingMs });
    }) satisfies ColdStart<null, void>,
    nuvemshopReconcile: ((clock) => {
      const env = { ...environmentOf('nuvemshop', SECRET.nuvemshopStore), SETTINGS: SETTINGS.nuvemshop };
      return reconciling(createNuvemshopReconciler(runtime('nuvemshop-reconcile', env, clock)));
    }) satisfies Reconcile,
    pedidosyaReconcile: ((clock) => {
      const env = { ...environmentOf('pedidosya', SECRET.pedidosyaApi), SETTINGS: SETTINGS.pedidosya };
      return reconciling(createPedidosyaReconciler(runtime('pedidosya-reconcile', env, clock)));
    }) satisfies Reconcile,
    imotrizReconcile: ((clock) => {
      const env = { ...environmentOf('imotriz', SECRET.imotriz), SETTINGS: SETTINGS.imotriz };
      return reconciling(createImotrizReconciler(runtime('imotriz-reconcile', env, clock)));
    }) satisfies Reconcile,
  };
}

function reconciling<T extends Scan>(reconciler: Reconciler<T>): Handler<object, unknown> {
  return (event, { requestId: runId, remainingMs }) =>
    reconcile(reconciler, reconcileRequest.parse(event), { runId, remainingMs });
}
