import type { SeededRandom } from '../shared/seeded-random.ts';
import { createWebhookDeliverer, type WebhookDeliverer } from '../shared/webhook-deliverer.ts';
import type { SimClock } from '../simulator.ts';
import type { Job } from './catalogue/jobs.ts';
import type { PedidosYaSimulatorOptions, PickingMode, WebhookTarget } from './options.ts';
import type { OrderStatus, PedidosYaOrder } from './orders/order.ts';

/** What a webhook can be for; the portal keeps one address for each. */
export type WebhookPurpose = 'orders' | 'catalogue';

/** Tells the partner what happened. */
export interface Notifier {
  /** Sends an order's present state, if stores of this picking mode are told of such a status; says whether it did. */
  order(order: Pick<PedidosYaOrder, 'order_id' | 'status'>, pickingMode: PickingMode): boolean;
  job(job: Job, downloadUrl: string | undefined): void;
  /** Sets or removes the address of a purpose. */
  target(purpose: WebhookPurpose, target: WebhookTarget | undefined): void;
  deliverer: WebhookDeliverer;
}

const RETRIES = 5;
const RETRY_WAIT_MS = 10_000;
const ANSWER_WITHIN_MS = 10_000;

/** Statuses that each picking mode is told of. Source: orders guide and its picking pages. */
const WEBHOOK_STATUSES: Readonly<Record<PickingMode, ReadonlySet<OrderStatus>>> = {
  partner: new Set<OrderStatus>(['RECEIVED', 'READY_FOR_PICKUP', 'DISPATCHED', 'CANCELLED', 'DELIVERED']),
  pelican: new Set<OrderStatus>(['READY_FOR_PICKUP', 'CANCELLED']),
};

/**
 * Makes the sender of webhooks: the secret verbatim in `Authorization`, 10 s to answer, five retries 10 s apart.
 *
 * Source: PedidosYa portal for the secret; the sister brand's FAQ for times and retries. There is no signature.
 */
export function createNotifier(
  options: PedidosYaSimulatorOptions,
  clock: SimClock,
  random: SeededRandom,
): Notifier {
  const targets = new Map<WebhookPurpose, WebhookTarget | undefined>([
    ['orders', options.orderWebhook],
    ['catalogue', options.catalogueWebhook],
  ]);
  const deliverer = createWebhookDeliverer({
    clock,
    random,
    policy: {
      timeoutMs: ANSWER_WITHIN_MS,
      retryWaitsMs: Array.from({ length: RETRIES }, () => RETRY_WAIT_MS),
    },
    retryScale: options.retryScale ?? 1,
    duplicateProbability: options.duplicateProbability ?? 0,
    reorderProbability: options.reorderProbability ?? 0,
  });
  const send = (purpose: WebhookPurpose, label: string, body: object) => {
    const target = targets.get(purpose);
    if (target === undefined) return false;
    deliverer.send({
      url: target.url,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: target.secret },
      label,
    });
    return true;
  };
  let jobWebhooks = 0;
  return {
    deliverer,
    target: (purpose, target) => targets.set(purpose, target),
    order: (order, pickingMode) =>
      WEBHOOK_STATUSES[pickingMode].has(order.status) && send('orders', order.status, order),
    job(job, downloadUrl) {
      const style = options.jobWebhookSpelling ?? 'alternate';
      const camel = style === 'camel' || (style === 'alternate' && jobWebhooks % 2 === 1);
      jobWebhooks += 1;
      send('catalogue', `job ${job.status}`, jobBody(job, downloadUrl, camel));
    },
  };
}

function jobBody(job: Job, downloadUrl: string | undefined, camel: boolean): object {
  const vendor = job.vendorId === undefined ? {} : { platform_vendor_id: job.vendorId };
  const link = downloadUrl === undefined ? {} : { [camel ? 'downloadURL' : 'download_url']: downloadUrl };
  return { job_id: job.id, [camel ? 'job_status' : 'status']: job.status, ...vendor, ...link };
}
