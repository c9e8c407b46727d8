import type { Clock, Sleep } from '../../functions/rate-limit/clock.ts';

/** A clock that only a test moves. Sleepers wake in the order of their time. */
export function createVirtualClock(start = 1_800_000_000_000): {
  clock: Clock;
  sleep: Sleep;
  /** Lets time pass, waking whoever sleeps until then. */
  advance(ms: number): Promise<void>;
} {
  let now = start;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    clock: { now: () => now },
    sleep: (ms) => new Promise((wake) => sleepers.push({ at: now + ms, wake })),
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers[0];
        if (next === undefined || next.at > end) break;
        sleepers.shift();
        now = Math.max(now, next.at);
        next.wake();
      }
      now = end;
    },
  };
}
