import { parseJson } from '../../http/json.ts';
import { normalisePedidosyaOrder } from '../../platforms/pedidosya/normalise.ts';
import { classifyWebhook } from '../../platforms/pedidosya/webhook.ts';
import type { PedidosyaSettings } from '../../platforms/settings.ts';
import type { PedidosyaWebhookMessage } from '../../runtime/messages.ts';
import type { JobResults } from '../../storage/job-results.ts';
import { type Failure, processEach, type QueueMessage } from '../batch.ts';
import { type OrderWriter, quarantine, upsertOrder } from '../order-writer.ts';

export interface PedidosyaConsumer extends OrderWriter {
  settings: PedidosyaSettings;
  jobs: JobResults;
}

/** Works through a batch of PedidosYa webhooks; each body is a whole order or the result of a catalogue job. */
export function consumePedidosya(
  consumer: PedidosyaConsumer,
  messages: QueueMessage<PedidosyaWebhookMessage>[],
): Promise<Failure[]> {
  return processEach(messages, (queued) => consumeOne(consumer, queued));
}

async function consumeOne(
  consumer: PedidosyaConsumer,
  queued: QueueMessage<PedidosyaWebhookMessage>,
): Promise<void> {
  const { settings, metrics, clock } = consumer;
  const { message, bytes } = queued;
  metrics.add('MessageAgeSeconds', 'pedidosya', Math.max(0, clock.now() - message.receivedAt) / 1000);
  const unreadable = {
    platform: 'pedidosya',
    storeId: settings.chainId,
    queued,
    origin: 'webhook',
  } as const;
  const webhook = classifyWebhook(parseJson(Buffer.from(bytes).toString('utf8')));
  if (webhook.kind === 'catalogue-job') {
    await consumer.jobs.keep(webhook);
    metrics.add('EventIgnored', 'pedidosya', 1);
    return;
  }
  if (webhook.kind === 'unknown') {
    await quarantine(consumer, { ...unreadable, reason: 'schema-mismatch', problem: webhook.problem });
    return;
  }
  const read = normalisePedidosyaOrder(webhook.json, settings);
  if (!read.ok && read.reason === 'foreign-store') {
    await quarantine(consumer, { ...unreadable, reason: read.reason, problem: read.problem });
    return;
  }
  await upsertOrder(consumer, {
    key: { platform: 'pedidosya', storeId: settings.chainId, platformOrderId: webhook.orderId },
    reading: read.ok ? read : { review: { reason: read.reason, problem: read.problem } },
    observedAt: message.receivedAt,
    receivedAt: message.receivedAt,
    origin: 'webhook',
    correlationId: message.correlationId,
    bytes,
  });
}
