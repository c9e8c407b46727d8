import { createHash, timingSafeEqual } from 'node:crypto';
import type { Verification, WebhookProof } from '../intake.ts';
import { webhookSecret } from './secrets.ts';

export const proof: WebhookProof = {
  credential: 'webhook',
  schema: webhookSecret,
  secrets(credential) {
    const { secret, previousSecret } = webhookSecret().parse(credential);
    return [secret, previousSecret];
  },
  verify: ({ headers }, secrets) => verifyAuthorization(headers.authorization, secrets),
};

/**
 * Proves that a PedidosYa webhook comes from someone who knows the secret typed into the Partner Portal.
 *
 * PedidosYa returns that text verbatim in `Authorization`: it is no HMAC and covers neither the body nor the time, so it
 * proves origin only and replays must be harmless (Partner API, webhook configuration page). Some of its senders put
 * `Bearer ` in front. Every secret is compared with every reading, in constant time over digests of equal length.
 *
 * @param secrets the current one and, during a rotation, the previous one; empty texts never match.
 */
export function verifyAuthorization(
  header: string | undefined,
  secrets: readonly (string | undefined)[],
): Verification {
  if (header === undefined || header.trim() === '') return { valid: false, reason: 'missing' };
  const verbatim = header.trim();
  const readings = [verbatim, verbatim.replace(/^bearer\s+/i, '')].map(digest);
  let matches = 0;
  for (const secret of secrets) {
    if (secret === undefined || secret === '') continue;
    const wanted = digest(secret);
    // No early exit: how long this takes must not tell which secret or which reading came close.
    for (const reading of readings) matches += timingSafeEqual(reading, wanted) ? 1 : 0;
  }
  return matches > 0 ? { valid: true } : { valid: false, reason: 'wrong' };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
