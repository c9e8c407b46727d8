import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX } from '../../functions/storage/keys.ts';
import { apply, holds, type Scope } from './evaluate.ts';
import { type Attributes, parseCondition, parseUpdate } from './expression.ts';
import { pack } from './items.ts';
import { keyRange } from './key-range.ts';
import { checkItem } from './limits.ts';
import { OrderedItems } from './ordered-items.ts';

/** The parts of a request that say what is looked at, in names of the DynamoDB API. Values are plain. */
export interface TableInput {
  TableName?: string | undefined;
  Key?: Attributes | undefined;
  Item?: Attributes | undefined;
  ConditionExpression?: string | undefined;
  UpdateExpression?: string | undefined;
  KeyConditionExpression?: string | undefined;
  FilterExpression?: string | undefined;
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Attributes | undefined;
  IndexName?: string | undefined;
  Limit?: number | undefined;
  ScanIndexForward?: boolean | undefined;
  ExclusiveStartKey?: Attributes | undefined;
  ReturnValues?: string | undefined;
  ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/** One write of a transaction. */
export interface TransactedWrite {
  Put?: TableInput | undefined;
  Update?: TableInput | undefined;
  Delete?: TableInput | undefined;
  ConditionCheck?: TableInput | undefined;
}

/** Sees every write that happened: the item before it and after it. */
export type WriteWatcher = (
  table: string,
  before: Attributes | undefined,
  after: Attributes | undefined,
) => void;

/** The partitions of a table or of an index. */
type Partitions = Map<string, OrderedItems>;

/** A table, and its indexes by their names. */
interface Table {
  partitions: Partitions;
  indexes: Map<string, Partitions>;
}

/** The keys of each index: those of its partition and its order. */
const INDEXES: ReadonlyMap<string, readonly [string, string]> = new Map(
  [CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX].map(({ name, partition, sort }) => [name, [partition, sort]]),
);

/** Tables with the keys `pk` and `sk`, in memory; each operation is atomic and happens at once. */
export class Tables {
  readonly #tables = new Map<string, Table>();
  readonly #now: () => number;
  readonly #onWrite: WriteWatcher;

  constructor(options: { now: () => number; onWrite: WriteWatcher }) {
    this.#now = options.now;
    this.#onWrite = options.onWrite;
  }

  get(input: TableInput): { Item?: Attributes } {
    const item = this.#find(input, input.Key);
    return item === undefined ? {} : { Item: item };
  }

  put(input: TableInput): { Attributes?: Attributes } {
    const item = pack(input.Item ?? {});
    checkItem(item);
    const before = this.#checked(input, input.Item);
    this.#store(input, before, item);
    return returned(input, before, undefined);
  }

  delete(input: TableInput): { Attributes?: Attributes } {
    const before = this.#checked(input, input.Key);
    this.#store(input, before, undefined);
    return returned(input, before, undefined);
  }

  update(input: TableInput): { Attributes?: Attributes } {
    const before = this.#checked(input, input.Key);
    const scope = scopeOf({ ...input.Key, ...before }, input);
    apply(parseUpdate(input.UpdateExpression ?? ''), scope);
    const after = pack(scope.item);
    checkItem(after);
    this.#store(input, before, after);
    return returned(input, before, scope.item);
  }

  query(input: TableInput): Page {
    const { TableName = '', IndexName, Limit = MOST_OF_A_PAGE, ExclusiveStartKey: after } = input;
    const keys = keysOf(IndexName);
    const condition = parseCondition(input.KeyConditionExpression ?? '');
    const range = keyRange(condition, scopeOf({}, input), keys);
    const table = this.#table(TableName);
    const partitions = IndexName === undefined ? table.partitions : table.indexes.get(IndexName);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const place = after === undefined ? undefined : placeOf(after, IndexName);
    // The place itself was on the page before.
    const low = direction === 1 && place !== undefined ? `${place}\0` : range.low;
    const high = direction === -1 && place !== undefined ? place : range.high;
    const page: Attributes[] = [];
    for (const item of partitions?.get(range.partition)?.between(low, high, direction) ?? []) {
      if (this.#expired(item) || !holds(condition, scopeOf(item, input))) continue;
      if (page.length === Limit) return pageOf(page, input, true);
      page.push(item);
    }
    return pageOf(page, input, false);
  }

  scan(input: TableInput): Page {
    const { TableName = '', Limit = MOST_OF_A_PAGE, ExclusiveStartKey: after } = input;
    const found = [...this.all(TableName)].sort((a, b) => (scanPlace(a) < scanPlace(b) ? -1 : 1));
    const rest = after === undefined ? found : found.filter((item) => scanPlace(item) > scanPlace(after));
    return pageOf(rest.slice(0, Limit), input, rest.length > Limit);
  }

  /** Whether the condition of a request would hold; for transactions. */
  passes(input: TableInput): boolean {
    return isMet(input, this.#find(input, input.Key ?? input.Item));
  }

  /** All of the writes, or none. @throws TransactionCanceledException when one of their conditions does not hold */
  transact(writes: readonly TransactedWrite[]): void {
    const inputs = writes.map(
      ({ Put, Update, Delete, ConditionCheck }) => Put ?? Update ?? Delete ?? ConditionCheck ?? {},
    );
    const reasons = inputs.map((input) =>
      this.passes(input) ? { Code: 'None' } : { Code: 'ConditionalCheckFailed' },
    );
    if (reasons.some(({ Code }) => Code !== 'None'))
      throw new TransactionCanceledException({
        $metadata: { httpStatusCode: 400 },
        message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
        CancellationReasons: reasons,
      });
    for (const { Put, Update, Delete } of writes) {
      if (Put !== undefined) this.put(Put);
      if (Update !== undefined) this.update(Update);
      if (Delete !== undefined) this.delete(Delete);
    }
  }

  /** Every item of a table, as it is. */
  *all(table: string): Generator<Attributes> {
    for (const partition of this.#table(table).partitions.values())
      for (const item of partition.values()) if (!this.#expired(item)) yield item;
  }

  /** The items of a table that pass a test, as they are now. They never change, so they can be put back. */
  snapshot(table: string, wanted: (item: Attributes) => boolean): Attributes[] {
    return [...this.all(table)].filter(wanted);
  }

  /** Sets the part of a table that passes a test back to what it held. Nobody sees it as a write. */
  restore(table: string, wanted: (item: Attributes) => boolean, items: readonly Attributes[]): void {
    for (const item of this.snapshot(table, wanted)) this.#place(table, item, undefined);
    for (const item of items) this.#place(table, item, item);
  }

  #checked(input: TableInput, key: Attributes | undefined): Attributes | undefined {
    const before = this.#find(input, key);
    if (!isMet(input, before)) {
      throw new ConditionalCheckFailedException({
        $metadata: { httpStatusCode: 400 },
        message: 'The conditional request failed',
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined
          ? { Item: before as never }
          : {}),
      });
    }
    return before;
  }

  #find({ TableName = '' }: TableInput, key: Attributes = {}): Attributes | undefined {
    const item = this.#table(TableName).partitions.get(String(key.pk))?.get(String(key.sk));
    return item === undefined || this.#expired(item) ? undefined : item;
  }

  // The service deletes an expired item at some time after its expiry: at once is the hardest case.
  #expired(item: Attributes): boolean {
    return typeof item.expiresAt === 'number' && item.expiresAt * 1000 <= this.#now();
  }

  #store(input: TableInput, before: Attributes | undefined, after: Attributes | undefined): void {
    const name = input.TableName ?? '';
    this.#place(name, after ?? input.Key ?? {}, after);
    this.#onWrite(name, before, after);
  }

  /** Puts an item, or nothing, in the place of the one that has these keys; in the indexes as well. */
  #place(name: string, { pk, sk }: Attributes, item: Attributes | undefined): void {
    const { partitions, indexes } = this.#table(name);
    const partition = partitionOf(partitions, String(pk));
    const before = partition.get(String(sk));
    if (item === undefined) partition.delete(String(sk));
    else partition.set(String(sk), item);
    for (const [index, inIndex] of indexes) {
      const [of, sort] = keysOf(index);
      const lies = (one: Attributes | undefined): one is Attributes =>
        one?.[of] !== undefined && one[sort] !== undefined;
      if (lies(before)) partitionOf(inIndex, String(before[of])).delete(placeOf(before, index));
      if (lies(item)) partitionOf(inIndex, String(item[of])).set(placeOf(item, index), item);
    }
  }

  #table(name: string): Table {
    const found = this.#tables.get(name);
    if (found !== undefined) return found;
    const made = {
      partitions: new Map(),
      indexes: new Map([...INDEXES.keys()].map((index): [string, Partitions] => [index, new Map()])),
    };
    this.#tables.set(name, made);
    return made;
  }
}

/** What a query or a scan answers. */
interface Page {
  Items: Attributes[];
  LastEvaluatedKey?: Attributes;
}

/** The service's pages have a megabyte. */
const MOST_OF_A_PAGE = 1000;

function partitionOf(partitions: Partitions, key: string): OrderedItems {
  const found = partitions.get(key);
  if (found !== undefined) return found;
  const made = new OrderedItems();
  partitions.set(key, made);
  return made;
}

/** The items that pass the filter; where the next page begins, when there is more. */
function pageOf(page: readonly Attributes[], input: TableInput, more: boolean): Page {
  const { FilterExpression: filter, IndexName } = input;
  const Items = page.filter(
    (item) => filter === undefined || holds(parseCondition(filter), scopeOf(item, input)),
  );
  const last = page.at(-1);
  return more && last !== undefined ? { Items, LastEvaluatedKey: startAfter(last, IndexName) } : { Items };
}

/** What a next page has to be told of the last item of this one: of an index, with its own keys. */
export function startAfter(item: Attributes, index: string | undefined): Attributes {
  const [partition, sort] = keysOf(index);
  return { pk: item.pk, sk: item.sk, [partition]: item[partition], [sort]: item[sort] };
}

/** Where an item lies in its partition: in an index, in the order of its sort key, then of the keys of the table. */
function placeOf(item: Attributes, index: string | undefined): string {
  if (index === undefined) return String(item.sk);
  const [, sort] = keysOf(index);
  return `${item[sort]}\0${item.pk}\0${item.sk}`;
}

const scanPlace = ({ pk, sk }: Attributes): string => `${sk}\0${pk}`;

function returned(input: TableInput, before: Attributes | undefined, after: Attributes | undefined) {
  const wanted =
    input.ReturnValues === 'ALL_OLD' ? before : input.ReturnValues === 'ALL_NEW' ? after : undefined;
  return wanted === undefined ? {} : { Attributes: wanted };
}

const isMet = (input: TableInput, item: Attributes = {}): boolean =>
  input.ConditionExpression === undefined ||
  holds(parseCondition(input.ConditionExpression), scopeOf(item, input));

function scopeOf(item: Attributes, input: TableInput): Scope {
  return {
    item,
    names: input.ExpressionAttributeNames ?? {},
    values: input.ExpressionAttributeValues ?? {},
  };
}

function keysOf(index: string | undefined): readonly [string, string] {
  if (index === undefined) return ['pk', 'sk'];
  const keys = INDEXES.get(index);
  if (keys === undefined) throw new Error(`the simulated table has no index ${index}`);
  return keys;
}
