import { ROUTES } from '../../platforms/routes.ts';
import type { NuvemshopWebhookMessage } from '../../runtime/messages.ts';

const TOPIC_OF: Record<string, NuvemshopWebhookMessage['topic']> = {
  [ROUTES.nuvemshopStoreRedact]: 'store/redact',
  [ROUTES.nuvemshopCustomersRedact]: 'customers/redact',
  [ROUTES.nuvemshopCustomersDataRequest]: 'customers/data_request',
};

/** Privacy notices carry no event name (Nuvemshop reference, required webhooks): the path they come to tells them apart. */
export function nuvemshopTopic(path: string): NuvemshopWebhookMessage['topic'] {
  return TOPIC_OF[path] ?? 'event';
}
