import type { RawRequest, Verification, Webhook } from '../platforms/intake.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Secret } from '../runtime/secrets.ts';
import type { Log } from '../runtime/telemetry.ts';

/** However many forged webhooks come in, the secret is read again for them at most this often (ms). */
export const REREAD_AT_MOST_EVERY_MS = 10_000;

/** No header of ours is sent more often than this in one request. */
const MOST_COPIES = 4;

/**
 * Verifies origin with a secret that may be replaced while we hold a copy: what the held copy refuses is tried once more
 * with the secret read again, so a rotation loses no webhook. What cannot be read again then proves nothing: the request
 * stays refused.
 *
 * A request that no secret could prove costs no reading of one.
 *
 * @throws SecretUnusable, or the AWS SDK's own error, where there is no secret to verify with.
 */
export function verifyWithRotation(
  secret: Secret<unknown>,
  webhook: Pick<Webhook, 'secrets' | 'verify'>,
  { clock, log }: { clock: Pick<Clock, 'now'>; log: Log },
): (request: RawRequest) => Promise<Verification> {
  const filled = (credential: unknown) =>
    webhook.secrets(credential).filter((text): text is string => text !== undefined && text !== '');
  let rereadAt = Number.NEGATIVE_INFINITY;
  return async (request) => {
    const verify = (secrets: readonly string[]) => verifyEither(webhook, request, secrets);
    const hopeless = verify([]);
    if (!hopeless.valid && hopeless.reason !== 'wrong') return hopeless;
    const verification = verify(filled(await secret.get()));
    if (verification.valid || clock.now() - rereadAt < REREAD_AT_MOST_EVERY_MS) return verification;
    rereadAt = clock.now();
    try {
      return verify(filled(await secret.fresh()));
    } catch (error) {
      log.warn('the secret could not be read again for a webhook that its copy refuses; the copy decides', {
        error: describeError(error),
      });
      return verification;
    }
  };
}

/** As it came; and where the same header was sent more than once, as each of them was. */
function verifyEither(
  { verify }: Pick<Webhook, 'verify'>,
  request: RawRequest,
  secrets: readonly string[],
): Verification {
  const verification = verify(request, secrets);
  if (verification.valid) return verification;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, value && once(value)]),
  );
  if (Object.entries(headers).every(([name, value]) => value === request.headers[name])) return verification;
  const again = verify({ ...request, headers }, secrets);
  return again.valid || again.reason === 'wrong' ? again : verification;
}

/** The API joins repeated headers by commas (payload format 2.0): equal ones are one, others stay as they came. */
export function once(header: string): string {
  const parts = header.split(',').map((part) => part.trim());
  for (let copies = MOST_COPIES; copies > 1; copies -= 1) {
    const length = parts.length / copies;
    if (!Number.isInteger(length)) continue;
    if (parts.every((part, index) => part === parts[index % length])) return parts.slice(0, length).join(',');
  }
  return header;
}
