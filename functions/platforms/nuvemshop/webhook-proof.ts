import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Verification, WebhookProof } from '../intake.ts';
import { appSecret } from './secrets.ts';

export const proof: WebhookProof = {
  credential: 'app',
  schema: appSecret,
  secrets(credential) {
    const { clientSecret, previousClientSecret } = appSecret().parse(credential);
    return [clientSecret, previousClientSecret];
  },
  verify: ({ headers, body }, secrets) => verifyNuvemshopSignature(body, headers[SIGNATURE_HEADER], secrets),
};

/** The header that carries the signature, as HTTP APIs spell it: lower case (Nuvemshop reference, webhook page). */
const SIGNATURE_HEADER = 'x-linkedstore-hmac-sha256';

const HEX_SHA256 = /^[0-9a-f]{64}$/i;
const BASE64_SHA256 = /^[A-Za-z0-9+/]{43}=?$/;

/**
 * Verifies that a webhook comes from Nuvemshop: HMAC-SHA256 of the raw body, keyed with the app's client secret. The
 * reference's sample writes it in lower-case hex (webhook page); the platform's own PHP SDK compares base64 under the same
 * header, and one receiver in the field sees upper case. Each is the same proof, so each is taken.
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
): Verification {
  if (header === undefined || header.trim() === '') return { valid: false, reason: 'missing' };
  const claimed = digestIn(header.trim());
  if (claimed === undefined) return { valid: false, reason: 'malformed' };
  let matches = 0;
  for (const secret of secrets) {
    if (secret === undefined || secret === '') continue;
    // No early exit: how long this takes must not tell which secret it was.
    matches += timingSafeEqual(Buffer.from(signNuvemshop(body, secret), 'hex'), claimed) ? 1 : 0;
  }
  return matches > 0 ? { valid: true } : { valid: false, reason: 'wrong' };
}

/** The 32 bytes that a text says in hex or base64; undefined for any other text. */
function digestIn(text: string): Buffer | undefined {
  if (HEX_SHA256.test(text)) return Buffer.from(text, 'hex');
  return BASE64_SHA256.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** The signature that Nuvemshop sends with this body. */
export function signNuvemshop(body: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
