import type { PedidosyaWebhookMessage } from '../../runtime/messages.ts';
import type { PedidosyaSettings } from '../../platforms/settings.ts';
import { parseJson } from '../../http/json.ts';
import { normalisePedidosyaOrder } from '../../platforms/pedidosya/normalise.ts';
import { classifyWebhook } from '../../platforms/pedidosya/webhook.ts';
import { type Delivery, eachDelivery, type Failure } from '../batch.ts';
import type { JobResults } from '../../storage/job-results.ts';
import { type Recorder, record, recordUnreadable } from '../order-writer.ts';

export interface PedidosyaConsumer extends Recorder {
  settings: PedidosyaSettings;
  jobs: JobResults;
}

/** Works through a batch of PedidosYa webhooks; each body is a whole order or the result of a catalogue job. */
export function consumePedidosya(
  consumer: PedidosyaConsumer,
  deliveries: Delivery<PedidosyaWebhookMessage>[],
): Promise<Failure[]> {
  return eachDelivery(deliveries, (delivery) => consumeOne(consumer, delivery));
}

async function consumeOne(
  consumer: PedidosyaConsumer,
  delivery: Delivery<PedidosyaWebhookMessage>,
): Promise<void> {
  const { settings, metrics, clock } = consumer;
  const { message, bytes } = delivery;
  metrics.add('MessageAgeSeconds', 'pedidosya', Math.max(0, clock.now() - message.receivedAt) / 1000);
  const unreadable = {
    platform: 'pedidosya',
    storeId: settings.chainId,
    delivery,
    origin: 'webhook',
  } as const;
  const webhook = classifyWebhook(parseJson(Buffer.from(bytes).toString('utf8')));
  if (webhook.kind === 'catalog-job') {
    await consumer.jobs.keep(webhook);
    metrics.add('EventIgnored', 'pedidosya', 1);
    return;
  }
  if (webhook.kind === 'unknown') {
    await recordUnreadable(consumer, { ...unreadable, reason: 'schema-mismatch', problem: webhook.problem });
    return;
  }
  const read = normalisePedidosyaOrder(webhook.json, settings);
  if (!read.ok && read.reason === 'foreign-store') {
    await recordUnreadable(consumer, { ...unreadable, reason: read.reason, problem: read.problem });
    return;
  }
  await record(consumer, {
    key: { platform: 'pedidosya', storeId: settings.chainId, platformOrderId: webhook.orderId },
    said: read.ok ? read : { attention: { reason: read.reason, problem: read.problem } },
    asOf: message.receivedAt,
    receivedAt: message.receivedAt,
    origin: 'webhook',
    correlationId: message.correlationId,
    bytes,
  });
}
