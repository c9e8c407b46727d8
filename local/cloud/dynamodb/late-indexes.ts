import { setTimeout as wait } from 'node:timers/promises';
import { asObject, type JsonObject } from '../json.ts';
import * as dynalite from './dynalite.ts';

const SUFFIX = '.late-indexes';

interface Late {
  /** Names of its global indexes. */
  indexes: ReadonlySet<string>;
  /** What is not in its indexes yet, in order. */
  changes: { due: number; key: JsonObject; after: JsonObject | undefined }[];
  /** One change after the other. */
  applied: Promise<void>;
}

/**
 * Global indexes that lag behind their tables, as those of the service may. Each table has a second one, to which every
 * write comes later; queries of its global indexes go there. Until somebody asks for it, nothing of this exists.
 */
export class LateIndexes {
  readonly #store: dynalite.DynaliteStore;
  readonly #now: () => number;
  readonly #tables = new Map<string, Late>();
  #lag: () => number = () => 0;

  constructor(store: dynalite.DynaliteStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Does this table's every write have to be told? */
  follows(table: string): boolean {
    return this.#tables.has(table);
  }

  isHidden(table: string): boolean {
    return table.endsWith(SUFFIX);
  }

  /**
   * Lets the global indexes of these tables lag behind from now on. Nothing may be written meanwhile.
   *
   * @param lag by how many ms, asked at each write.
   */
  async start(tables: readonly JsonObject[], lag: () => number): Promise<void> {
    this.#lag = lag;
    for (const { changes } of this.#tables.values()) {
      for (const change of changes) change.due = Math.min(change.due, this.#now() + lag());
    }
    for (const definition of tables) {
      const table = String(definition.TableName);
      const indexes = definition.GlobalSecondaryIndexes;
      if (!Array.isArray(indexes) || this.#tables.has(table)) continue;
      await this.#run('CreateTable', { ...definition, TableName: table + SUFFIX });
      // dynalite makes a table usable on a timer, of 0 ms here.
      await wait(5);
      for (let start: JsonObject | undefined = {}; start !== undefined; ) {
        const page: JsonObject = await this.#run('Scan', { TableName: table, ...start });
        for (const item of Array.isArray(page.Items) ? page.Items : [])
          await this.#put(table, asObject(item));
        start = page.LastEvaluatedKey ? { ExclusiveStartKey: page.LastEvaluatedKey } : undefined;
      }
      const names = new Set(indexes.map((index) => String(asObject(index).IndexName)));
      this.#tables.set(table, { indexes: names, changes: [], applied: Promise.resolve() });
    }
  }

  /** Takes what a write made of an item. */
  changed(table: string, key: JsonObject, after: JsonObject | undefined): void {
    const late = this.#tables.get(table);
    if (!late) return;
    // No write overtakes another of its table.
    const due = Math.max(this.#now() + this.#lag(), late.changes.at(-1)?.due ?? 0);
    late.changes.push({ due, key, after });
  }

  /** The request as it has to be put, once all that is due has come to the indexes. */
  async redirect(input: JsonObject): Promise<JsonObject> {
    const table = String(input.TableName);
    const late = this.#tables.get(table);
    if (!late?.indexes.has(String(input.IndexName))) return input;
    late.applied = late.applied.then(() => this.#apply(table, late));
    await late.applied;
    return { ...input, TableName: table + SUFFIX };
  }

  async #apply(table: string, { changes }: Late): Promise<void> {
    const now = this.#now();
    for (let next = changes[0]; next !== undefined && next.due <= now; next = changes[0]) {
      changes.shift();
      if (next.after) await this.#put(table, next.after);
      else await this.#run('DeleteItem', { TableName: table + SUFFIX, Key: next.key });
    }
  }

  async #put(table: string, Item: JsonObject): Promise<void> {
    await this.#run('PutItem', { TableName: table + SUFFIX, Item });
  }

  #run(operation: dynalite.Operation, input: JsonObject): Promise<JsonObject> {
    return dynalite.act(this.#store, operation, dynalite.validate(this.#store, operation, input));
  }
}
