import type { ReviewReason } from '../domain/order.ts';
import { PlatformError } from '../http/errors.ts';
import { MAX_DELAY_SECONDS } from '../runtime/queue.ts';

/** What to do with a message whose platform call failed. */
export type NextStep =
  | { step: 'again'; delaySeconds: number }
  /** No call can succeed: the circuit opens, and the message waits. */
  | { step: 'wait' }
  | { step: 'needs-review'; reason: ReviewReason; problem: string }
  | { step: 'fail' };

const FIRST_DELAY_SECONDS = 5;
/** About four hours of tries at the longest delay; then a person looks, and the order is in sight meanwhile. */
export const MAX_ATTEMPTS = 24;
/** A platform may announce an order a moment before it shows it. */
const MAX_NOT_FOUND = 5;

/** How often a message failed before. */
export interface Tries {
  attempts: number;
  /** Those that were answered "not found": a call that was throttled, or broke off, says nothing of what it asked for. */
  notFound?: number | undefined;
  /** How often it was throttled beside that, which says nothing of it and only has it wait longer. */
  throttled?: number | undefined;
}

/** The same after one more failure. */
export function oneMore({ attempts, notFound = 0, throttled = 0 }: Tries, error: unknown): Tries {
  const isPlatforms = error instanceof PlatformError;
  const isThrottled = isPlatforms && error.throttled;
  const answers = notFound + (isPlatforms && error.kind === 'not-found' ? 1 : 0);
  const waits = throttled + (isThrottled ? 1 : 0);
  return {
    attempts: attempts + (isThrottled ? 0 : 1),
    ...(answers === 0 ? {} : { notFound: answers }),
    ...(waits === 0 ? {} : { throttled: waits }),
  };
}

/** Turns a failed call into the next step. The server's hint wins over our backoff; `random` is in [0, 1). */
export function nextStep(
  error: unknown,
  { attempts, notFound = 0, throttled = 0 }: Tries,
  random: () => number,
): NextStep {
  if (!(error instanceof PlatformError)) return { step: 'fail' };
  const failures = attempts + throttled;
  const problem = `${error.operation} ${error.status === undefined ? 'got no answer' : `was answered ${error.status}`}`;
  switch (error.kind) {
    case 'auth-failed':
      return { step: 'wait' };
    case 'refused':
      return { step: 'needs-review', reason: 'platform-refused', problem };
    case 'invalid-response':
      return { step: 'needs-review', reason: 'schema-mismatch', problem };
    case 'not-found':
      if (notFound >= MAX_NOT_FOUND)
        return { step: 'needs-review', reason: 'not-found-at-platform', problem };
      return { step: 'again', delaySeconds: backoff(failures, random) };
    case 'retry-later':
      // Being throttled says nothing about the order: it waits as long as it takes.
      if (attempts >= MAX_ATTEMPTS && !error.throttled) {
        return {
          step: 'needs-review',
          reason: 'platform-keeps-failing',
          problem: `${problem}, ${attempts + 1} times`,
        };
      }
      return { step: 'again', delaySeconds: Math.max(backoff(failures, random), hint(error)) };
  }
}

function hint(error: PlatformError): number {
  return Math.min(MAX_DELAY_SECONDS, Math.ceil((error.retryAfterMs ?? 0) / 1000));
}

/** Exponential, capped, with jitter over its upper half, in whole seconds. */
function backoff(failures: number, random: () => number): number {
  const full = Math.min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** Math.min(failures, 16));
  return Math.ceil(full / 2 + (full / 2) * random());
}
