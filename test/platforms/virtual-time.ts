import type { Clock } from '../../functions/runtime/clock.ts';
import { createVirtualClock, type VirtualClock } from '../../local/platforms/shared/virtual-clock.ts';

export const NOON = Date.parse('2026-11-22T12:00:00Z');

/** One time for a simulator and our code: it stands at noon and moves when someone sleeps. */
export function createSharedTime(): { sim: VirtualClock; clock: Clock } {
  const sim = createVirtualClock(NOON);
  return { sim, clock: { now: () => sim.now(), sleep: (ms) => sim.advance(ms) } };
}
