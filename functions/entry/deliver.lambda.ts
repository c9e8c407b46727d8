import type { SQSEvent } from 'aws-lambda';
import { createDeliverer, deliverEvent } from '../erp/webhooks/deliver.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Sends the feed's events to the endpoints of the merchant's own system. */
export function handlerFor() {
  const runtime = createRuntime('deliver', 'erp');
  const deliverer = createDeliverer(runtime);
  return frame(runtime, (event: SQSEvent, run) => deliverEvent(deliverer, event, run));
}
