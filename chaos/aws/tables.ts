import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { apply, holds, type Scope } from './evaluate.ts';
import { type Attributes, parseCondition, parseUpdate } from './expression.ts';
import { pack } from './items.ts';
import { checkItem } from './limits.ts';

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

/** Tables with the keys `pk` and `sk`, in memory; each operation is atomic and happens at once. */
export class Tables {
  readonly #tables = new Map<string, Map<string, Map<string, Attributes>>>();
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

  query(input: TableInput): { Items: Attributes[]; LastEvaluatedKey?: Attributes } {
    const condition = parseCondition(input.KeyConditionExpression ?? '');
    return this.#page(input, (item) => holds(condition, scopeOf(item, input)));
  }

  scan(input: TableInput): { Items: Attributes[]; LastEvaluatedKey?: Attributes } {
    return this.#page(input, () => true);
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
    for (const partition of this.#tables.get(table)?.values() ?? [])
      for (const item of partition.values()) if (!this.#expired(item)) yield item;
  }

  /** The items of a table that pass a test, as they are now. They never change, so they can be put back. */
  snapshot(table: string, wanted: (item: Attributes) => boolean): Attributes[] {
    return [...this.all(table)].filter(wanted);
  }

  /** Sets the part of a table that passes a test back to what it held. Nobody sees it as a write. */
  restore(table: string, wanted: (item: Attributes) => boolean, items: readonly Attributes[]): void {
    for (const { pk, sk } of this.snapshot(table, wanted))
      this.#tables.get(table)?.get(String(pk))?.delete(String(sk));
    for (const item of items) this.#partition(table, String(item.pk)).set(String(item.sk), item);
  }

  #page(input: TableInput, wanted: (item: Attributes) => boolean) {
    const [partition, sort] = indexKeys(input.IndexName);
    const found: Attributes[] = [];
    for (const item of this.#candidates(input)) {
      if (item[sort] !== undefined && wanted(item)) found.push(item);
    }
    const direction = input.ScanIndexForward === false ? -1 : 1;
    if (found.length > 1) found.sort((a, b) => direction * byPlace(a, b, sort));
    const start = input.ExclusiveStartKey;
    const from =
      start === undefined ? 0 : found.findIndex(({ pk, sk }) => pk === start.pk && sk === start.sk) + 1;
    const page = found.slice(from, from + (input.Limit ?? 1000));
    const last = page.at(-1);
    const filter = input.FilterExpression;
    const Items = page.filter(
      (item) => filter === undefined || holds(parseCondition(filter), scopeOf(item, input)),
    );
    const more = from + page.length < found.length && last !== undefined;
    if (!more) return { Items };
    // Of an index, with its own keys.
    const keys = { pk: last.pk, sk: last.sk, [partition]: last[partition], [sort]: last[sort] };
    return { Items, LastEvaluatedKey: keys };
  }

  /** One partition when the key condition names it, else the whole table. */
  *#candidates(input: TableInput): Generator<Attributes> {
    const { TableName = '', IndexName, KeyConditionExpression = '', ExpressionAttributeValues = {} } = input;
    const placeholder =
      IndexName === undefined ? /^\s*#?pk\s*=\s*(:\w+)/.exec(KeyConditionExpression)?.[1] : undefined;
    if (placeholder === undefined) {
      yield* this.all(TableName);
      return;
    }
    const partition = this.#tables.get(TableName)?.get(String(ExpressionAttributeValues[placeholder]));
    for (const item of partition?.values() ?? []) if (!this.#expired(item)) yield item;
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
    const item = this.#tables.get(TableName)?.get(String(key.pk))?.get(String(key.sk));
    return item === undefined || this.#expired(item) ? undefined : item;
  }

  // The service deletes an expired item at some time after its expiry: at once is the hardest case.
  #expired(item: Attributes): boolean {
    return typeof item.expiresAt === 'number' && item.expiresAt * 1000 <= this.#now();
  }

  #store(input: TableInput, before: Attributes | undefined, after: Attributes | undefined): void {
    const { pk, sk } = after ?? input.Key ?? {};
    const name = input.TableName ?? '';
    const partition = this.#partition(name, String(pk));
    if (after === undefined) partition.delete(String(sk));
    else partition.set(String(sk), after);
    this.#onWrite(name, before, after);
  }

  #partition(name: string, pk: string): Map<string, Attributes> {
    const table = this.#tables.get(name) ?? new Map<string, Map<string, Attributes>>();
    this.#tables.set(name, table);
    const partition = table.get(pk) ?? new Map<string, Attributes>();
    table.set(pk, partition);
    return partition;
  }
}

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

/** In the order of an index's sort key, then of the keys of the table. */
function byPlace(a: Attributes, b: Attributes, sort: string): number {
  for (const name of [sort, 'pk', 'sk']) {
    const [left, right] = [String(a[name]), String(b[name])];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 1;
}

function indexKeys(index: string | undefined): [string, string] {
  if (index === undefined) return ['pk', 'sk'];
  if (index === 'changes') return ['storeKey', 'changedAt'];
  if (index === 'needs-review') return ['reviewOf', 'reviewAt'];
  if (index === 'work') return ['workOf', 'workAt'];
  throw new Error(`the simulated table has no index ${index}`);
}
