import type { SimClock } from '../../local/platforms/simulator.ts';

/** A virtual time line: whatever happens in a world is one of its timers. */
export interface Loop extends SimClock {
  /** Runs `fn` at a point of time (epoch ms), or at once when that is over; the function returned cancels it. */
  at(time: number, fn: () => void): () => void;
  /**
   * Runs timers in order of their time, ties in order of their making, until `done` holds, nothing is left or `until` (epoch
   * ms) is reached. After each, every promise it resolved has run as far as it can.
   */
  run(options: { until: number; done?: () => boolean }): Promise<void>;
  /** Timers run so far: how much happened. */
  readonly steps: number;
}

interface Timer {
  time: number;
  order: number;
  fn: () => void;
  cancelled: boolean;
}

/** Steps between two turns of the process's own loop. */
const STEPS_A_TURN = 64;

/** A tick begins when no promise is left to be run, so also none that those before it resolved. Twice: ticks may make promises. */
const afterPromises = (goOn: () => void): void => queueMicrotask(() => process.nextTick(goOn));

/** Makes a time line that stands at `start` (epoch ms). */
export function createLoop(start: number): Loop {
  const heap: Timer[] = [];
  let now = start;
  let made = 0;
  let steps = 0;
  // Taken before a world puts its own timers in their place.
  const { setImmediate } = globalThis;
  /**
   * Goes on when every promise that the step resolved has run as far as it can. A turn of the process's own loop would do, and
   * takes longer than the step: only now and then is there one, for what comes from other threads.
   */
  const settled = (step: number, goOn: () => void): void => {
    if (step % STEPS_A_TURN === 0) setImmediate(goOn);
    else afterPromises(() => afterPromises(goOn));
  };

  /** The next timer that is due by `until`, taken off the line. */
  const next = (until: number): Timer | undefined => {
    for (;;) {
      const [first] = heap;
      if (first === undefined || first.time > until) return undefined;
      pop(heap);
      if (!first.cancelled) return first;
    }
  };
  const at = (time: number, fn: () => void) => {
    made += 1;
    const timer = { time: Math.max(time, now), order: made, fn, cancelled: false };
    push(heap, timer);
    return () => {
      timer.cancelled = true;
    };
  };
  return {
    now: () => now,
    at,
    setTimeout: (fn, ms) => at(now + Math.max(0, ms), fn),
    get steps() {
      return steps;
    },
    run: ({ until, done }) =>
      new Promise((resolve, reject) => {
        const tick = () => {
          try {
            if (done?.() === true) return resolve();
            const timer = next(until);
            if (timer === undefined) {
              now = Math.max(now, until);
              return resolve();
            }
            now = timer.time;
            steps += 1;
            timer.fn();
            settled(steps, tick);
          } catch (error) {
            reject(error);
          }
        };
        setImmediate(tick);
      }),
  };
}

const before = (a: Timer, b: Timer) => a.time < b.time || (a.time === b.time && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || before(above, timer)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    const a = heap[left];
    if (a === undefined) break;
    const b = heap[right];
    const child = b !== undefined && before(b, a) ? right : left;
    const smaller = heap[child];
    if (smaller === undefined || before(last, smaller)) break;
    heap[index] = smaller;
    index = child;
  }
  heap[index] = last;
}
