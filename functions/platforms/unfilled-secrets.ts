import type { EpochMs } from '../domain/time.ts';
import { type Secret, SecretUnusable } from '../runtime/secrets.ts';
import { type Permission, PROBE_EVERY_MS } from '../storage/circuit-breaker.ts';

/** Remembers which secrets a client reads, and finds the one that nobody has filled in since the deployment made it. */
export function createUnfilledSecrets() {
  const needed: Secret<unknown>[] = [];
  return {
    needs<T>(secret: Secret<T>): Secret<T> {
      needed.push(secret);
      return secret;
    },
    async find(): Promise<SecretUnusable | undefined> {
      const reads = await Promise.allSettled(needed.map((secret) => secret.get()));
      const errors = reads.map((read): unknown => (read.status === 'rejected' ? read.reason : undefined));
      return errors.find(
        (error): error is SecretUnusable => error instanceof SecretUnusable && error.unfilled,
      );
    },
  };
}

/** What a check answers until somebody fills the secret in: work waits as for an open circuit, and nothing is kept of it. */
export function notConnected(error: SecretUnusable, now: EpochMs): Permission {
  const retryAt = now + PROBE_EVERY_MS;
  const state = { openedAt: now, stoppedAt: now, probeAt: retryAt, closedBy: 'probe' } as const;
  return {
    allowed: false,
    retryAt,
    state: { ...state, cause: 'the store is not connected yet', remedy: error.message },
  };
}
