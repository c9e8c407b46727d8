import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header that carries the proof, as HTTP APIs spell it: lower case (Nuvemshop reference, webhook page). */
export const SIGNATURE_HEADER = 'x-linkedstore-hmac-sha256';

/** Whether a webhook was signed with our secret. A wrong signature is expected input, hence a result and not an exception. */
export type SignatureCheck = { valid: true } | { valid: false; reason: 'missing' | 'malformed' | 'wrong' };

const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Proves that a webhook comes from Nuvemshop: lower-case hex HMAC-SHA256 of the raw body, keyed with the app's client
 * secret (Nuvemshop reference, webhook page, verification sample).
 *
 * The signature covers no time, so a replay passes: what a webhook sets off must be harmless to repeat.
 *
 * @param body the bytes as they came; a re-serialised body has another signature.
 * @param secrets the current one and, during a rotation, the previous one; empty texts never match.
 */
export function verifyNuvemshopSignature(
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly (string | undefined)[],
): SignatureCheck {
  if (header === undefined || header.trim() === '') return { valid: false, reason: 'missing' };
  const text = header.trim();
  if (!HEX_SHA256.test(text)) return { valid: false, reason: 'malformed' };
  const claimed = Buffer.from(text, 'hex');
  let matches = 0;
  for (const secret of secrets) {
    if (secret === undefined || secret === '') continue;
    // No early exit: how long this takes must not tell which secret it was.
    matches += timingSafeEqual(hmac(body, secret), claimed) ? 1 : 0;
  }
  return matches > 0 ? { valid: true } : { valid: false, reason: 'wrong' };
}

/** The signature Nuvemshop would send with this body; for tests, simulators and ready-to-paste examples. */
export function signNuvemshop(body: string | Uint8Array, secret: string): string {
  return hmac(body, secret).toString('hex');
}

function hmac(body: string | Uint8Array, secret: string): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}
