import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';

/** A signing secret, as Standard Webhooks 1.0 writes one: `whsec_` and 24 to 64 bytes in base64. */
export const signingSecretSchema = z.string().regex(/^whsec_(?=.{32,88}$)[A-Za-z0-9+/]+={0,2}$/);

/** A new signing secret of 32 random bytes. */
export const newSigningSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** What is signed: the id and the body of an event, and when it is sent, in epoch seconds. */
export interface Signable {
  readonly id: string;
  readonly sentAtS: number;
  readonly body: string;
}

/**
 * The headers that prove where an event comes from (Standard Webhooks 1.0, "Webhook headers"): one signature for each
 * secret, so that a receiver that still knows the old one, or only the new one, takes it.
 */
export function signedHeaders(secrets: readonly string[], { id, sentAtS, body }: Signable) {
  const headerId = headerSafe(id);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64');
    return `v1,${createHmac('sha256', key).update(`${headerId}.${sentAtS}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': headerId,
    'webhook-timestamp': String(sentAtS),
    'webhook-signature': signatures.join(' '),
  };
}

/** An order's id may hold any character, and a header may not. */
const headerSafe = (id: string): string => id.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
