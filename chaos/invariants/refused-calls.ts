import type { CallRecord } from '../../local/platforms/simulator.ts';

const MINUTE = 60_000;
/** Calls already under way when the first is refused may be refused too. */
const UNDER_WAY_MS = MINUTE;
const WINDOW_MS = 20 * MINUTE;
/** A probe every five minutes makes two calls, the second with the secret read again; half as many again for unlucky ones. */
const MOST_IN_WINDOW = 12;
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403]);

/** True times at which a platform that refuses our credential was asked more often than probes would. */
export function callsWhilePaused(calls: readonly CallRecord[]): number[] {
  const found: number[] = [];
  let firstRefused: number | undefined;
  let recent: number[] = [];
  for (const { at, status, fault } of calls) {
    if (fault !== undefined) continue;
    if (!REFUSALS.has(status)) {
      if (status < 300) firstRefused = undefined;
      continue;
    }
    firstRefused ??= at;
    if (at < firstRefused + UNDER_WAY_MS) {
      recent = [];
      continue;
    }
    recent = [...recent.filter((time) => time > at - WINDOW_MS), at];
    if (recent.length > MOST_IN_WINDOW) found.push(at);
  }
  return found;
}
