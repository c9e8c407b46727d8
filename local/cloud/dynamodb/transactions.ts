import { ServiceError } from '../errors.ts';
import { asObject, isObject, type Json, type JsonObject } from '../json.ts';
import type { WriteCapacity } from './capacity.ts';
import type { Changes } from './changes.ts';
import * as dynalite from './dynalite.ts';
import { asServiceError } from './failures.ts';
import { refuseUnknownFields } from './fields.ts';
import type { Gate } from './gate.ts';

const WRITE_OPERATIONS: Readonly<Record<string, dynalite.Operation>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  // A condition check is a delete that is never carried out: the same key and the same condition.
  ConditionCheck: 'DeleteItem',
};
/** A client token protects for ten minutes. (API reference, TransactWriteItems.) */
const TOKEN_MS = 600_000;
const MOST_ITEMS = 100;
const FIELDS = {
  write: new Set(['TransactItems', 'ClientRequestToken', 'ReturnConsumedCapacity']),
  get: new Set(['TransactItems']),
};

interface Part {
  kind: string;
  operation: dynalite.Operation;
  table: string;
  key: string;
  data: JsonObject;
  showItem: boolean;
  before?: JsonObject | undefined;
}

/** Counts what a transaction takes, where its call asks for it. */
type Counting = (input: JsonObject) => { capacity: WriteCapacity; told: () => JsonObject[] } | undefined;

/** `TransactWriteItems` and `TransactGetItems`, which dynalite lacks: all tables stand still while one runs. */
export class Transactions {
  readonly #store: dynalite.DynaliteStore;
  readonly #gate: Gate;
  readonly #changes: Changes;
  readonly #counting: Counting;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { request: string; until: number }>();

  constructor(
    store: dynalite.DynaliteStore,
    gate: Gate,
    changes: Changes,
    counting: Counting,
    now: () => number,
  ) {
    this.#store = store;
    this.#gate = gate;
    this.#changes = changes;
    this.#counting = counting;
    this.#now = now;
  }

  async write(input: JsonObject): Promise<JsonObject> {
    const items = transactItems(input, FIELDS.write);
    const counted = this.#counting(input);
    const token = typeof input.ClientRequestToken === 'string' ? input.ClientRequestToken : undefined;
    const request = JSON.stringify(items);
    return await this.#gate.alone(async () => {
      if (token !== undefined && this.#seen(token, request)) return {};
      const parts: Part[] = [];
      for (const item of items) parts.push(await this.#part(item));
      if (new Set(parts.map(({ table, key }) => `${table}/${key}`)).size < parts.length) {
        throw new ServiceError(
          'ValidationException',
          'Transaction request cannot include multiple operations on one item',
        );
      }
      this.#checkConditions(parts);
      await this.#changes.watchAll(
        parts.map(({ table, key, data }) => ({ table, key, itemOrKey: asObject(data.Item ?? data.Key) })),
        () => this.#apply(parts),
        counted?.capacity,
      );
      if (token !== undefined) this.#tokens.set(token, { request, until: this.#now() + TOKEN_MS });
      return counted === undefined ? {} : { ConsumedCapacity: counted.told() };
    });
  }

  async get(input: JsonObject): Promise<JsonObject> {
    const gets = transactItems(input, FIELDS.get).map((item) => asObject(asObject(item).Get));
    return await this.#gate.alone(async () => {
      const Responses: Json[] = [];
      for (const get of gets) {
        const data = dynalite.validate(this.#store, 'GetItem', { ...get, ConsistentRead: true });
        const { Item } = await dynalite.act(this.#store, 'GetItem', data);
        Responses.push(Item === undefined ? {} : { Item });
      }
      return { Responses };
    });
  }

  #seen(token: string, request: string): boolean {
    const now = this.#now();
    for (const [known, { until }] of this.#tokens) {
      if (until <= now) this.#tokens.delete(known);
    }
    const before = this.#tokens.get(token);
    if (before && before.request !== request) {
      throw new ServiceError(
        'IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request.',
      );
    }
    return before !== undefined;
  }

  async #part(item: Json): Promise<Part> {
    const [kind = '', ...others] = Object.keys(asObject(item));
    const operation = WRITE_OPERATIONS[kind];
    const input = asObject(item)[kind];
    if (!operation || others.length > 0 || !isObject(input)) {
      throw new ServiceError(
        'ValidationException',
        'TransactItems can only contain one of Check, Put, Update or Delete',
      );
    }
    refuseUnknownFields(operation, input);
    const showItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const data = dynalite.validate(this.#store, operation, structuredClone(input));
    const table = String(data.TableName);
    const described = await dynalite.getTable(this.#store, table);
    const itemOrKey = asObject(data.Item ?? data.Key);
    const invalid = data.Item
      ? dynalite.validateItem(itemOrKey, described)
      : dynalite.validateKey(itemOrKey, described);
    if (invalid) throw invalid;
    const key = dynalite.createKey(itemOrKey, described);
    const before = await dynalite.getItem(this.#store, table, key);
    return { kind, operation, table, key, data, showItem, before };
  }

  #checkConditions(parts: readonly Part[]): void {
    const reasons = parts.map(({ data, before, showItem }) => {
      const failure = dynalite.checkConditional(data, before);
      if (!failure) return { Code: 'None' };
      const Item = showItem && before ? { Item: before } : {};
      return { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...Item };
    });
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  }

  /** Carries all parts out; a part that fails after all takes the ones before it back. */
  async #apply(parts: readonly Part[]): Promise<void> {
    const done: Part[] = [];
    for (const part of parts) {
      if (part.kind === 'ConditionCheck') continue;
      try {
        await dynalite.act(this.#store, part.operation, part.data);
        done.push(part);
      } catch (error) {
        for (const { table, data, before } of done.reverse()) await this.#restore(table, data, before);
        const { message } = asServiceError(error);
        throw cancelled(
          parts.map((other) =>
            other === part ? { Code: 'ValidationError', Message: message } : { Code: 'None' },
          ),
        );
      }
    }
  }

  async #restore(table: string, data: JsonObject, before: JsonObject | undefined): Promise<void> {
    if (before) {
      await dynalite.act(this.#store, 'PutItem', { TableName: table, Item: before });
      return;
    }
    const { KeySchema } = await dynalite.getTable(this.#store, table);
    const source = asObject(data.Item ?? data.Key);
    const Key = Object.fromEntries(
      KeySchema.map(({ AttributeName }) => [AttributeName, source[AttributeName]]),
    );
    await dynalite.act(this.#store, 'DeleteItem', { TableName: table, Key });
  }
}

function transactItems(input: JsonObject, fields: ReadonlySet<string>): Json[] {
  const items = Array.isArray(input.TransactItems) ? input.TransactItems : [];
  const unknown = Object.keys(input).find((field) => !fields.has(field));
  if (unknown)
    throw new ServiceError('UnknownOperationException', `The local cloud does not know ${unknown}.`, 501);
  if (items.length === 0 || items.length > MOST_ITEMS) {
    throw new ServiceError(
      'ValidationException',
      `Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and ${MOST_ITEMS}`,
    );
  }
  return items;
}

function cancelled(CancellationReasons: readonly { Code: string }[]): ServiceError {
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  return new ServiceError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons },
  );
}
