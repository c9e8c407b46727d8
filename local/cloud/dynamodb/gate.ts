interface Entry {
  /** Undefined: a work that needs everything for itself. */
  shared: { item: string | undefined } | undefined;
  begin(): void;
}

/**
 * Lets single-item operations run side by side, one at a time per item, while a transaction has all tables to itself.
 * The order is that of arrival, so neither starves the other.
 */
export class Gate {
  readonly #items = new Set<string>();
  #waiting: Entry[] = [];
  #sharing = 0;
  #alone = false;

  /** Runs `work` beside others; `item` keeps two works on the same item apart. */
  async shared<T>(item: string | undefined, work: () => Promise<T>): Promise<T> {
    await this.#enter({ item });
    try {
      return await work();
    } finally {
      this.#sharing -= 1;
      if (item !== undefined) this.#items.delete(item);
      this.#next();
    }
  }

  /** Runs `work` with nothing beside it. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter(undefined);
    try {
      return await work();
    } finally {
      this.#alone = false;
      this.#next();
    }
  }

  #enter(shared: Entry['shared']): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ shared, begin: resolve });
      this.#next();
    });
  }

  #next(): void {
    const still: Entry[] = [];
    const ahead = new Set<string>();
    let barred = false;
    for (const entry of this.#waiting) {
      const item = entry.shared?.item;
      const held = item !== undefined && (this.#items.has(item) || ahead.has(item));
      if (!barred && !this.#alone && !held && (entry.shared || (this.#sharing === 0 && still.length === 0))) {
        this.#admit(entry);
        continue;
      }
      still.push(entry);
      if (item !== undefined) ahead.add(item);
      // Nobody overtakes a work that waits for everything.
      if (!entry.shared) barred = true;
    }
    this.#waiting = still;
  }

  #admit({ shared, begin }: Entry): void {
    if (shared) {
      this.#sharing += 1;
      if (shared.item !== undefined) this.#items.add(shared.item);
    } else {
      this.#alone = true;
    }
    begin();
  }
}
