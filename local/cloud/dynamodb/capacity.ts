import type { JsonObject } from '../json.ts';
import { isUnchanged } from '../streams/record.ts';
import type { TableResource } from './definition.ts';
import { itemSize } from './item-size.ts';

const UNIT_BYTES = 1024;
/**
 * A transaction prepares each item and commits it. (Developer guide, "Capacity management for transactions".) Indexes follow when it is
 * over, so an entry of theirs costs what it costs without one; the guide does not say so, the service was measured to.
 */
export const TRANSACTED = 2;

/** A global index, as far as what it costs depends on it. */
export interface CountedIndex {
  name: string;
  /** An item that lacks one of them is not in the index. */
  keys: readonly string[];
  /** What an entry has of its item, keys included; absent: all. */
  attributes?: ReadonlySet<string>;
}

type Definition = Pick<TableResource['properties'], 'KeySchema' | 'GlobalSecondaryIndexes'>;

/** The global indexes of a table. */
export function countedIndexes({ KeySchema, GlobalSecondaryIndexes = [] }: Definition): CountedIndex[] {
  const namesOf = (schema: Definition['KeySchema']) => schema.map(({ AttributeName }) => AttributeName);
  return GlobalSecondaryIndexes.map(({ IndexName: name, KeySchema: own, Projection }) => {
    const keys = namesOf(own);
    if (Projection.ProjectionType === 'ALL') return { name, keys };
    const attributes = new Set([...namesOf(KeySchema), ...keys, ...(Projection.NonKeyAttributes ?? [])]);
    return { name, keys, attributes };
  });
}

/** Write units of an item, or of an entry of an index, by the larger of what it was and what it is. */
export const writeUnits = (...images: readonly (JsonObject | undefined)[]): number =>
  Math.ceil(Math.max(1, ...images.map((image) => (image ? itemSize(image) : 0))) / UNIT_BYTES);

/**
 * Write units that a write of an item takes of each global index whose entry it changes: one write for an entry that comes, goes or
 * holds something else, two where its keys change, because it goes and comes. (Developer guide, "Using global secondary indexes",
 * "Write capacity units".)
 */
export function indexUnits(
  indexes: readonly CountedIndex[],
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): Record<string, number> {
  const units: Record<string, number> = {};
  for (const index of indexes) {
    const [was, is] = [entryOf(index, before), entryOf(index, after)];
    if (isUnchanged({ before: was, after: is })) continue;
    const moved = was && is && !isUnchanged({ before: keysOf(index, was), after: keysOf(index, is) });
    units[index.name] = moved ? writeUnits(was) + writeUnits(is) : writeUnits(was, is);
  }
  return units;
}

function entryOf({ keys, attributes }: CountedIndex, item: JsonObject | undefined): JsonObject | undefined {
  if (item === undefined || keys.some((key) => item[key] === undefined)) return undefined;
  if (attributes === undefined) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => attributes.has(name)));
}

const keysOf = ({ keys }: CountedIndex, entry: JsonObject): JsonObject =>
  Object.fromEntries(keys.map((key) => [key, entry[key]]));

interface Consumed {
  table: number;
  indexes: Record<string, number>;
}

/** What the writes of one call take, as its answer tells it. dynalite counts no index and no transaction. */
export class WriteCapacity {
  readonly #indexesOf: (table: string) => readonly CountedIndex[];
  readonly #factor: number;
  readonly #consumed = new Map<string, Consumed>();

  constructor(
    indexesOf: (table: string) => readonly CountedIndex[],
    { transacted = false }: { transacted?: boolean } = {},
  ) {
    this.#indexesOf = indexesOf;
    this.#factor = transacted ? TRANSACTED : 1;
  }

  wrote(table: string, before: JsonObject | undefined, after: JsonObject | undefined): void {
    const consumed = this.#consumed.get(table) ?? { table: 0, indexes: {} };
    this.#consumed.set(table, consumed);
    consumed.table += this.#factor * writeUnits(before, after);
    for (const [name, units] of Object.entries(indexUnits(this.#indexesOf(table), before, after)))
      consumed.indexes[name] = (consumed.indexes[name] ?? 0) + units;
  }

  /** `ConsumedCapacity` of each table. @param detail as `ReturnConsumedCapacity` asks for it */
  told(detail: 'TOTAL' | 'INDEXES'): JsonObject[] {
    return [...this.#consumed].map(([TableName, { table, indexes }]) => {
      const each = Object.entries(indexes);
      const CapacityUnits = each.reduce((sum, [, units]) => sum + units, table);
      if (detail === 'TOTAL') return { TableName, CapacityUnits };
      const GlobalSecondaryIndexes = Object.fromEntries(
        each.map(([name, units]) => [name, { CapacityUnits: units }]),
      );
      return {
        TableName,
        CapacityUnits,
        Table: { CapacityUnits: table },
        ...(each.length === 0 ? {} : { GlobalSecondaryIndexes }),
      };
    });
  }
}
