import type { JsonObject } from '../json.ts';
import type { TableStream } from '../streams/table-stream.ts';
import * as dynalite from './dynalite.ts';

/**
 * Tells the streams what each write made of an item. A write to a table without a stream is only carried out. Whoever calls
 * has the item locked, so that the images are those of the write and the records are in its order.
 */
export class Changes {
  readonly #store: dynalite.DynaliteStore;
  readonly #streams: ReadonlyMap<string, TableStream>;

  constructor(store: dynalite.DynaliteStore, streams: ReadonlyMap<string, TableStream>) {
    this.#store = store;
    this.#streams = streams;
  }

  isWatched(table: string): boolean {
    return this.#streams.has(table);
  }

  /** Carries out a write of one item. */
  async watch<T>(
    table: string,
    key: string,
    write: () => Promise<T>,
    { expired = false }: { expired?: boolean } = {},
  ): Promise<T> {
    if (!this.isWatched(table)) return await write();
    const before = await dynalite.getItem(this.#store, table, key);
    const result = await write();
    this.#append(table, before, await dynalite.getItem(this.#store, table, key), expired);
    return result;
  }

  /** Carries out a write of several items at once; also one that fails may have changed some of them. */
  async watchAll<T>(
    items: readonly { table: string; itemOrKey: JsonObject }[],
    write: () => Promise<T>,
  ): Promise<T> {
    const watched = [];
    for (const { table, itemOrKey } of items.filter((item) => this.isWatched(item.table))) {
      const described = await dynalite.getTable(this.#store, table);
      // dynalite says what is wrong with it.
      if (dynalite.validateKey(keyOf(itemOrKey, described), described)) return await write();
      const key = dynalite.createKey(itemOrKey, described);
      watched.push({ table, key, before: await dynalite.getItem(this.#store, table, key) });
    }
    try {
      return await write();
    } finally {
      for (const { table, key, before } of watched) {
        this.#append(table, before, await dynalite.getItem(this.#store, table, key), false);
      }
    }
  }

  #append(
    table: string,
    before: JsonObject | undefined,
    after: JsonObject | undefined,
    expired: boolean,
  ): void {
    this.#streams.get(table)?.append({ before, after, expired });
  }
}

function keyOf(item: JsonObject, { KeySchema }: dynalite.DynaliteTable): JsonObject {
  const names = KeySchema.map(({ AttributeName }) => AttributeName).filter((name) => name in item);
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}
