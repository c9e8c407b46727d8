import type { Secret } from '../runtime/secrets.ts';
import type { Proof } from './receive.ts';

type Headers = Record<string, string | undefined>;

/** However many forged webhooks come in, the secret is read again at most this often (ms). */
const REREAD_AT_MOST_EVERY_MS = 30_000;

/**
 * Proves origin with a secret that may be replaced while we hold a copy: what the held copy refuses is tried once more
 * with the secret read again, so a rotation loses no webhook.
 *
 * @param secretsOf the secrets that count, current and previous.
 */
export function proveWithRotation<T>(
  secret: Secret<T>,
  secretsOf: (value: T) => (string | undefined)[],
  verify: (headers: Headers, body: Uint8Array, secrets: string[]) => Proof,
): (headers: Headers, body: Uint8Array) => Promise<Proof> {
  const filled = (value: T) =>
    secretsOf(value).filter((text): text is string => text !== undefined && text !== '');
  return async (headers, body) => {
    const proof = verify(headers, body, filled(await secret.get()));
    if (proof.valid) return proof;
    return verify(headers, body, filled(await secret.fresh(REREAD_AT_MOST_EVERY_MS)));
  };
}
