import type { Loop } from './loop.ts';

/**
 * Puts a world's time, network and chance in the place of the process's own, for code that uses the globals; the function
 * returned puts them back. One world at a time in one thread.
 */
export function takeOverGlobals(world: {
  loop: Loop;
  random: () => number;
  fetch: typeof globalThis.fetch;
}): () => void {
  const { setTimeout, clearTimeout, fetch } = globalThis;
  const { random } = Math;
  const timers = new Map<number, () => void>();
  let made = 0;
  const replacements = {
    setTimeout: (fn: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      made += 1;
      const id = made;
      const cancel = world.loop.setTimeout(() => {
        timers.delete(id);
        fn(...args);
      }, ms);
      timers.set(id, cancel);
      return id;
    },
    clearTimeout: (id: number) => {
      timers.get(id)?.();
      timers.delete(id);
    },
    fetch: world.fetch,
  };
  Object.assign(globalThis, replacements);
  Math.random = world.random;
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, fetch });
    Math.random = random;
  };
}
