/** The time that streams and their readers go by: the machine's, or that of a simulated world. */
export interface StreamClock {
  /** Epoch ms. */
  now(): number;
  /** Runs `fn` once after `ms` milliseconds of this clock; the function returned cancels it. */
  setTimeout(fn: () => void, ms: number): () => void;
}

/** The machine's own time. */
export const realClock = (now: () => number = Date.now): StreamClock => ({
  now,
  setTimeout(fn, ms) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
});
