/** What happens when, in a world without a clock of its own. */
export class Agenda {
  now: number;
  private readonly heap: { at: number; n: number; work: () => void }[] = [];
  private count = 0;

  constructor(start: number) {
    this.now = start;
  }

  after(ms: number, work: () => void): void {
    this.count += 1;
    const { heap } = this;
    heap.push({ at: this.now + Math.max(0, Math.round(ms)), n: this.count, work });
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (this.isFirst(parent, child)) break;
      [heap[parent], heap[child]] = [heap[child]!, heap[parent]!];
      child = parent;
    }
  }

  /** Runs what is due, and what comes of it, until nothing is left before `until` (ms). */
  run(until = Number.POSITIVE_INFINITY): void {
    for (let first = this.heap[0]; first !== undefined && first.at <= until; first = this.heap[0]) {
      this.take();
      this.now = first.at;
      first.work();
    }
    if (Number.isFinite(until)) this.now = Math.max(this.now, until);
  }

  private take(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let first = parent;
      if (left < heap.length && !this.isFirst(first, left)) first = left;
      if (right < heap.length && !this.isFirst(first, right)) first = right;
      if (first === parent) return;
      [heap[parent], heap[first]] = [heap[first]!, heap[parent]!];
      parent = first;
    }
  }

  private isFirst(one: number, other: number): boolean {
    const [a, b] = [this.heap[one]!, this.heap[other]!];
    return a.at < b.at || (a.at === b.at && a.n < b.n);
  }
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
