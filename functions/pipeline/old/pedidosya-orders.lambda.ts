import type { SQSEvent } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { pedidosyaWebhookMessage } from '../../runtime/messages.ts';
import { createJobResults } from '../../storage/job-results.ts';
import { processBatch } from '../batch.ts';
import { consumerParts } from '../consumer-parts.ts';
import { consumePedidosya } from './pedidosya-consumer.ts';

const runtime = createRuntime('pedidosya-orders');
const settings = runtime.env.SETTINGS;
const parts = consumerParts(runtime, 'pedidosya', settings.chainId);
const jobs = createJobResults({
  client: parts.client,
  table: runtime.env.CONTROL_TABLE,
  platform: 'pedidosya',
  now: () => runtime.clock.now(),
});
const batch = { ...runtime, parts: parts.parts, schema: pedidosyaWebhookMessage };
const consumer = { ...runtime, ...parts, settings, jobs };

export const handler = flushing(runtime, (event: SQSEvent) =>
  processBatch(batch, event, (messages) => consumePedidosya(consumer, messages)),
);
