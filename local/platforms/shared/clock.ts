import type { SimClock } from '../simulator.ts';

/** The machine's own time. Its timers do not keep the process alive. */
export function realClock(): SimClock {
  return {
    now: () => Date.now(),
    setTimeout: (fn, ms) => {
      const timer = setTimeout(fn, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
