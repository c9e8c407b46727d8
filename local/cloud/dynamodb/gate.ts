/**
 * Lets single-item operations run side by side, one at a time per item, while a transaction has all tables to itself.
 * Waiting is in order of arrival, so a transaction is never starved.
 */
export class Gate {
  readonly #items = new Map<string, Promise<unknown>>();
  #running = new Set<Promise<unknown>>();
  #exclusive: Promise<unknown> = Promise.resolve();

  /** Runs `work` beside others; `item` keeps two works on the same item apart. */
  async shared<T>(item: string | undefined, work: () => Promise<T>): Promise<T> {
    // The exclusive holder may change while we wait for it.
    for (let seen: unknown; seen !== this.#exclusive; ) {
      seen = this.#exclusive;
      await seen;
    }
    const before = item === undefined ? undefined : this.#items.get(item);
    const run = before ? before.then(work) : work();
    const settled = run.then(
      () => {},
      () => {},
    );
    this.#running.add(settled);
    if (item !== undefined) this.#items.set(item, settled);
    try {
      return await run;
    } finally {
      this.#running.delete(settled);
      if (item !== undefined && this.#items.get(item) === settled) this.#items.delete(item);
    }
  }

  /** Runs `work` alone. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#exclusive;
    const run = (async () => {
      await before;
      await Promise.all(this.#running);
      return await work();
    })();
    this.#exclusive = run.then(
      () => {},
      () => {},
    );
    return await run;
  }
}
