import type { Clock } from '../runtime/clock.ts';
import type { Secret } from '../runtime/secrets.ts';
import type { Verification } from './receive.ts';

type Headers = Record<string, string | undefined>;

/** However many forged webhooks come in, the secret is read again for them at most this often (ms). */
const REREAD_AT_MOST_EVERY_MS = 10_000;

/**
 * Proves origin with a secret that may be replaced while we hold a copy: what the held copy refuses is tried once more
 * with the secret read again, so a rotation loses no webhook.
 *
 * @param secretsOf the secrets that count, current and previous.
 */
export function verifyWithRotation<T>(
  secret: Secret<T>,
  secretsOf: (value: T) => (string | undefined)[],
  verify: (headers: Headers, body: Uint8Array, secrets: string[]) => Verification,
  clock: Pick<Clock, 'now'>,
): (headers: Headers, body: Uint8Array) => Promise<Verification> {
  const filled = (value: T) =>
    secretsOf(value).filter((text): text is string => text !== undefined && text !== '');
  let rereadAt = Number.NEGATIVE_INFINITY;
  return async (headers, body) => {
    const verification = verify(headers, body, filled(await secret.get()));
    if (verification.valid || clock.now() - rereadAt < REREAD_AT_MOST_EVERY_MS) return verification;
    rereadAt = clock.now();
    return verify(headers, body, filled(await secret.fresh()));
  };
}
