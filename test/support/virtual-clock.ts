import type { SimClock } from '../../local/platforms/simulator.ts';

/** A clock that only moves when it is told to. */
export interface VirtualClock extends SimClock {
  /**
   * Moves time on by `ms` and runs the timers that fall due, in order of their time.
   * Between two timers the event loop turns, so that promises they resolved can add timers in time.
   */
  advance(ms: number): Promise<void>;
  /** Timers that wait. */
  readonly waiting: number;
}

interface Timer {
  at: number;
  fn: () => void;
}

/** Makes a clock that stands at `start` (Unix milliseconds). */
export function createVirtualClock(start: number): VirtualClock {
  let now = start;
  const timers = new Set<Timer>();

  const nextDue = (until: number): Timer | undefined => {
    let due: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (due === undefined || timer.at < due.at)) due = timer;
    }
    return due;
  };

  return {
    now: () => now,
    setTimeout: (fn, ms) => {
      const timer = { at: now + Math.max(0, ms), fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get waiting() {
      return timers.size;
    },
    async advance(ms) {
      const until = now + ms;
      await turnEventLoop();
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.fn();
        await turnEventLoop();
      }
      now = until;
    },
  };
}

function turnEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Noon of a day in 2027: where a clock stands whose time a test does not name. */
const START = 1_800_000_000_000;

/** A virtual clock for code that sleeps: sleepers wake in the order of their time. */
export function createVirtualTime(start = START) {
  const clock = createVirtualClock(start);
  return {
    clock: { now: clock.now },
    sleep: (ms: number): Promise<void> =>
      new Promise((wake) => {
        clock.setTimeout(wake, ms);
      }),
    advance: clock.advance,
  };
}
