import type { RawRequest, Verification, Webhook } from '../platforms/intake.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Secret } from '../runtime/secrets.ts';

/** However many forged webhooks come in, the secret is read again for them at most this often (ms). */
const REREAD_AT_MOST_EVERY_MS = 10_000;

/**
 * Verifies origin with a secret that may be replaced while we hold a copy: what the held copy refuses is tried once more
 * with the secret read again, so a rotation loses no webhook.
 */
export function verifyWithRotation(
  secret: Secret<unknown>,
  { secrets, verify }: Pick<Webhook, 'secrets' | 'verify'>,
  clock: Pick<Clock, 'now'>,
): (request: RawRequest) => Promise<Verification> {
  const filled = (credential: unknown) =>
    secrets(credential).filter((text): text is string => text !== undefined && text !== '');
  let rereadAt = Number.NEGATIVE_INFINITY;
  return async (request) => {
    const verification = verify(request, filled(await secret.get()));
    if (verification.valid || clock.now() - rereadAt < REREAD_AT_MOST_EVERY_MS) return verification;
    rereadAt = clock.now();
    return verify(request, filled(await secret.fresh()));
  };
}
