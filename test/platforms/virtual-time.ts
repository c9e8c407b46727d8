import type { Clock } from '../../functions/runtime/clock.ts';
import { createVirtualClock, type VirtualClock } from '../../local/platforms/shared/clock.ts';

export const NOON = Date.parse('2026-11-22T12:00:00Z');

/** One time for a simulator and our code: it stands at noon and moves when someone sleeps. */
export function createSharedTime(): { sim: VirtualClock; clock: Clock } {
  const sim = createVirtualClock(NOON);
  return { sim, clock: { now: () => sim.now(), sleep: (ms) => sim.advance(ms) } };
}

/** How long an ordinary call may take, real ms: long enough for a busy machine. */
export const PATIENT_MS = 10_000;
/** How long a call waits for an answer that never comes, real ms. */
export const IMPATIENT_MS = 300;

/** The time-out of the next calls: patient, except for the next one of a method that a test made impatient. */
export function createPatience(): { impatient(method: string): void; timeoutMs(method: string): number } {
  const impatient = new Set<string>();
  return {
    impatient: (method) => void impatient.add(method),
    timeoutMs: (method) => (impatient.delete(method) ? IMPATIENT_MS : PATIENT_MS),
  };
}
