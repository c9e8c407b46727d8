import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';

/** Our clock and the platform's may differ by this much (ms). */
const CLOCK_MARGIN_MS = 5 * 60_000;

/**
 * Makes a write that must not be made twice: the platform offers no idempotency key. When the answer got lost, it looks
 * whether the platform has it already.
 *
 * When the write is not to be seen the failure is thrown as it was, and not tried again here: the platform may still be
 * working on it. Whoever tries again looks first.
 */
export async function createIdempotently<T>(options: {
  clock: Clock;
  /** Finds the outcome of this very command among what came into being since then. */
  findExisting: (since: Date) => Promise<T | undefined>;
  write: () => Promise<T>;
}): Promise<T> {
  const { clock, findExisting, write } = options;
  const startedAt = clock.now();
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof PlatformError) || !error.outcomeUnknown) throw error;
    // A look that fails says nothing; the failure of the write is the one to act on.
    const found = await findExisting(new Date(startedAt - CLOCK_MARGIN_MS)).catch(() => undefined);
    if (found === undefined) throw error;
    return found;
  }
}
