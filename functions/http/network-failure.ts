import type { PlatformName } from '../domain/order.ts';
import { PlatformError } from './errors.ts';

/** Failures of the connection itself, before a byte of the request was sent: the platform cannot have acted. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CONNECT_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** How a pooled socket fails that the other side closed while nobody was looking. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The typed error for a call that brought no whole answer. */
export function networkFailure(seen: {
  platform: PlatformName;
  operation: string;
  timedOut: boolean;
  timeoutMs: number;
  cause: unknown;
}): PlatformError {
  const { platform, operation, timedOut, timeoutMs, cause } = seen;
  const code = codeOf(cause);
  const neverSent = !timedOut && code !== undefined && NEVER_SENT.has(code);
  return new PlatformError({
    platform,
    operation,
    kind: 'retry-later',
    outcomeUnknown: !neverSent,
    // Only the code: the messages of the network stack quote URLs, and URLs carry buyers' names in searches.
    detail: timedOut
      ? `No whole answer within ${timeoutMs} ms.`
      : `Network error ${code ?? 'without a code'}.`,
    cause: timedOut ? undefined : new Error(code ?? 'network error'),
  });
}

/** True when the connection was dropped without an answer, as a closed keep-alive socket is at its next use. */
export function closedWhileIdle(error: unknown): boolean {
  return (
    error instanceof PlatformError &&
    error.status === undefined &&
    error.cause instanceof Error &&
    CLOSED.has(error.cause.message)
  );
}

// fetch wraps the socket's error in a TypeError, and several addresses' errors in an AggregateError.
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 4) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0], depth + 1);
  return codeOf(error.cause, depth + 1);
}
