import { createHmac } from 'node:crypto';

/**
 * The value of `x-linkedstore-hmac-sha256`: HMAC-SHA256 of the raw body with the app's client secret, in lower-case
 * hex (reference, webhook page).
 */
export function signWebhook(body: string, clientSecret: string): string {
  return createHmac('sha256', clientSecret).update(body, 'utf8').digest('hex');
}
