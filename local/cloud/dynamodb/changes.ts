import type { JsonObject } from '../json.ts';
import type { TableStream } from '../streams/table-stream.ts';
import * as dynalite from './dynalite.ts';
import type { LateIndexes } from './late-indexes.ts';

/**
 * Tells streams and late indexes what each write made of an item. A write to a table without them is only carried out. Whoever calls
 * has the item locked, so that the images are those of the write and the records are in its order.
 */
export class Changes {
  readonly #store: dynalite.DynaliteStore;
  readonly #streams: ReadonlyMap<string, TableStream>;

  readonly #indexes: LateIndexes;

  constructor(
    store: dynalite.DynaliteStore,
    streams: ReadonlyMap<string, TableStream>,
    indexes: LateIndexes,
  ) {
    this.#store = store;
    this.#streams = streams;
    this.#indexes = indexes;
  }

  isWatched(table: string): boolean {
    return this.#streams.has(table) || this.#indexes.follows(table);
  }

  /** Carries out a write of one item. */
  async watch<T>(
    item: Watched,
    write: () => Promise<T>,
    { expired = false }: { expired?: boolean } = {},
  ): Promise<T> {
    if (!this.isWatched(item.table)) return await write();
    const before = await dynalite.getItem(this.#store, item.table, item.key);
    const result = await write();
    await this.#tell(item, before, expired);
    return result;
  }

  /** Carries out a write of several items at once; also one that fails may have changed some of them. */
  async watchAll<T>(items: readonly Watched[], write: () => Promise<T>): Promise<T> {
    const watched = [];
    for (const item of items.filter(({ table }) => this.isWatched(table))) {
      watched.push({ item, before: await dynalite.getItem(this.#store, item.table, item.key) });
    }
    try {
      return await write();
    } finally {
      for (const { item, before } of watched) await this.#tell(item, before, false);
    }
  }

  async #tell(
    { table, key, itemOrKey }: Watched,
    before: JsonObject | undefined,
    expired: boolean,
  ): Promise<void> {
    const after = await dynalite.getItem(this.#store, table, key);
    this.#streams.get(table)?.append({ before, after, expired });
    if (!this.#indexes.follows(table)) return;
    const { KeySchema } = await dynalite.getTable(this.#store, table);
    const names = KeySchema.map(({ AttributeName }) => AttributeName);
    this.#indexes.changed(table, Object.fromEntries(names.map((name) => [name, itemOrKey[name]])), after);
  }
}

/** An item that is written. */
export interface Watched {
  table: string;
  /** Its key as dynalite has it. */
  key: string;
  itemOrKey: JsonObject;
}
