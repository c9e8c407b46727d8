import type { JsonObject } from '../json.ts';
import type { TableStream } from '../streams/table-stream.ts';
import type { WriteCapacity } from './capacity.ts';
import * as dynalite from './dynalite.ts';
import type { LateIndexes } from './late-indexes.ts';

/**
 * Tells streams, late indexes and whoever counts what each write made of an item. A write that none of them is told of is only carried
 * out. Whoever calls has the item locked, so that the images are those of the write and the records are in its order.
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
    { expired = false, capacity }: { expired?: boolean; capacity?: WriteCapacity | undefined } = {},
  ): Promise<T> {
    if (capacity === undefined && !this.isWatched(item.table)) return await write();
    const before = await dynalite.getItem(this.#store, item.table, item.key);
    const result = await write();
    await this.#tell(item, before, { expired, capacity });
    return result;
  }

  /** Carries out a write of several items at once; also one that fails may have changed some of them. */
  async watchAll<T>(
    items: readonly Watched[],
    write: () => Promise<T>,
    capacity?: WriteCapacity,
  ): Promise<T> {
    const watched = [];
    for (const item of items.filter(({ table }) => capacity !== undefined || this.isWatched(table))) {
      watched.push({ item, before: await dynalite.getItem(this.#store, item.table, item.key) });
    }
    try {
      return await write();
    } finally {
      for (const { item, before } of watched) await this.#tell(item, before, { expired: false, capacity });
    }
  }

  async #tell(
    { table, key, itemOrKey }: Watched,
    before: JsonObject | undefined,
    { expired, capacity }: { expired: boolean; capacity: WriteCapacity | undefined },
  ): Promise<void> {
    const after = await dynalite.getItem(this.#store, table, key);
    capacity?.wrote(table, before, after);
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
