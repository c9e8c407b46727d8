/** A time line on which promise-based code runs as fast as the machine can, one event after the other. */
export interface VirtualTime {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls back at a time; the returned function cancels it. */
  at(time: number, run: () => void): () => void;
  /** Runs events until `done` says so or none is left. Returns whether `done` was reached before `limit`. */
  run(done: () => boolean, limit: number): Promise<boolean>;
}

interface Event {
  time: number;
  order: number;
  run: (() => void) | undefined;
}

export const EPOCH = 1_800_000_000_000;

// Captured before anybody replaces the globals: the loop itself must let the machine's own queue of promises run dry.
const realSetImmediate = setImmediate;

export function createVirtualTime(): VirtualTime {
  const heap: Event[] = [];
  let now = EPOCH;
  let order = 0;

  function at(time: number, run: () => void): () => void {
    const event: Event = { time: Math.max(time, now), order: order++, run };
    push(heap, event);
    return () => {
      event.run = undefined;
    };
  }

  return {
    now: () => now,
    at,
    sleep: (ms) => new Promise((resolve) => at(now + ms, resolve)),
    async run(done, limit) {
      await settle();
      while (!done()) {
        const event = pop(heap);
        if (event === undefined || event.time > limit) return false;
        if (event.run === undefined) continue;
        now = event.time;
        event.run();
        await settle();
      }
      return true;
    },
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

function before(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || before(above, event)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    let child = heap[left];
    let at = left;
    const other = heap[right];
    if (child !== undefined && other !== undefined && before(other, child)) {
      child = other;
      at = right;
    }
    if (child === undefined || !before(child, last)) break;
    heap[index] = child;
    index = at;
  }
  heap[index] = last;
  return first;
}

/** Puts `Date.now` and the timers of this process on the virtual time line while `work` runs, for libraries that know no other. */
export async function withVirtualGlobals<T>(time: VirtualTime, work: () => Promise<T>): Promise<T> {
  const { setTimeout: timeout, clearTimeout: clear, setInterval: interval, clearInterval: stop } = globalThis;
  const dateNow = Date.now;
  const handle = (cancel: () => void) => ({ cancel, ref() {}, unref() {}, hasRef: () => false });
  type Handle = ReturnType<typeof handle>;
  const cancel = (given: Handle | undefined) => given?.cancel();
  Date.now = () => time.now();
  Object.assign(globalThis, {
    setTimeout: (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      handle(time.at(time.now() + Math.max(1, ms), () => run(...args))),
    setInterval: (run: () => void, ms = 1) => {
      let off = () => {};
      const again = () => {
        off = time.at(time.now() + ms, () => {
          again();
          run();
        });
      };
      again();
      return handle(() => off());
    },
    clearTimeout: cancel,
    clearInterval: cancel,
  });
  try {
    return await work();
  } finally {
    Date.now = dateNow;
    Object.assign(globalThis, {
      setTimeout: timeout,
      clearTimeout: clear,
      setInterval: interval,
      clearInterval: stop,
    });
  }
}
