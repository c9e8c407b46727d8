import { LocalCloudError, ServiceError } from '../errors.ts';
import type { Permission } from '../iam/authorizer.ts';
import { asList, asObject, type JsonObject } from '../json.ts';
import type { TableStream } from '../streams/table-stream.ts';
import { countedIndexes, WriteCapacity } from './capacity.ts';
import { Changes, type Watched } from './changes.ts';
import { definitionOf, shapeOf, type TableResource } from './definition.ts';
import * as dynalite from './dynalite.ts';
import { deleteExpired, type ExpiryOptions } from './expiry.ts';
import { asServiceError } from './failures.ts';
import { refuseUnknownFields } from './fields.ts';
import { Gate } from './gate.ts';
import { LateIndexes } from './late-indexes.ts';
import { tablePermissions } from './permissions.ts';
import { Transactions } from './transactions.ts';

export interface TableOptions {
  /** Folder in which the tables outlive the process; in memory when absent. */
  keep?: string;
  /** The streams of the tables that have one, by the table's name. */
  streams?: ReadonlyMap<string, TableStream>;
}

/** The service deletes within days; a shop's day on a laptop has only minutes. */
const EXPIRY_EVERY_MS = 5 * 60_000;

const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** The tables of a deployment, kept by dynalite in memory or in a folder, with what dynalite lacks put in front of it. */
export class TableService {
  readonly #store: dynalite.DynaliteStore;
  readonly #gate = new Gate();
  readonly #indexes: LateIndexes;
  readonly #changes: Changes;
  readonly #transactions: Transactions;
  readonly #tables: readonly TableResource[];
  readonly #account: string;
  readonly #region: string;
  readonly #now: () => number;
  #expiring: Promise<unknown> = Promise.resolve();
  #sweep: NodeJS.Timeout | undefined;

  private constructor(
    store: dynalite.DynaliteStore,
    tables: readonly TableResource[],
    options: {
      account: string;
      region: string;
      now: () => number;
      streams: ReadonlyMap<string, TableStream>;
    },
  ) {
    this.#tables = tables;
    this.#account = options.account;
    this.#region = options.region;
    this.#store = store;
    this.#now = options.now;
    this.#indexes = new LateIndexes(store, options.now);
    this.#changes = new Changes(store, options.streams, this.#indexes);
    this.#transactions = new Transactions(
      store,
      this.#gate,
      this.#changes,
      (asked) => this.#capacity(asked, { transacted: true }),
      options.now,
    );
  }

  static async create(
    tables: readonly TableResource[],
    account: string,
    region: string,
    now: () => number,
    { keep, streams = new Map() }: TableOptions = {},
  ): Promise<TableService> {
    const store = await dynalite.openStore(account, region, keep).catch((error: unknown) => {
      throw new LocalCloudError(
        'data-unusable',
        `The tables in ${keep} cannot be opened; another start may be using them. Stop it, or name another folder.`,
        { cause: error },
      );
    });
    const service = new TableService(store, tables, { account, region, now, streams });
    for (const table of tables) {
      const request = definitionOf(table);
      if (await service.#isKept(request)) continue;
      await service.#plain('CreateTable', request).catch((error: unknown) => {
        throw new LocalCloudError(
          'deployment-refused',
          `DynamoDB would refuse ${table.place}: ${asServiceError(error).message}. Change it in the app.`,
          { cause: error },
        );
      });
    }
    // dynalite makes a table usable on a timer, of 0 ms here.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return service;
  }

  /** Whether an earlier process left this very table. @throws LocalCloudError when it left one with other keys. */
  async #isKept(request: JsonObject): Promise<boolean> {
    const name = String(request.TableName);
    const found = await this.#plain('DescribeTable', { TableName: name }).catch(() => undefined);
    if (found === undefined) return false;
    const kept = asObject(found.Table);
    if (shapeOf(kept) === shapeOf(request)) return true;
    throw new LocalCloudError(
      'data-unusable',
      `The kept table ${name} has other keys or indexes than the app gives it now. Name another folder.`,
    );
  }

  permissions(operation: string, input: JsonObject): Permission[] {
    return tablePermissions(operation, input, {
      arnOf: (table) =>
        table.startsWith('arn:') ? table : `arn:aws:dynamodb:${this.#region}:${this.#account}:table/${table}`,
      partitionKeyOf: (table, index) => {
        const found = this.#propertiesOf(table);
        const indexes = [...(found?.GlobalSecondaryIndexes ?? []), ...(found?.LocalSecondaryIndexes ?? [])];
        const keys = index === undefined ? found : indexes.find(({ IndexName }) => IndexName === index);
        return keys?.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
      },
    });
  }

  #propertiesOf(table: string): TableResource['properties'] | undefined {
    return this.#tables.find(({ ref, arn }) => ref === table || arn === table)?.properties;
  }

  /** Counts what a write takes, where its call asks for it. */
  #capacity({ ReturnConsumedCapacity: detail }: JsonObject, options?: { transacted: boolean }) {
    if (detail !== 'TOTAL' && detail !== 'INDEXES') return undefined;
    const capacity = new WriteCapacity((table) => {
      const found = this.#propertiesOf(table);
      return found === undefined ? [] : countedIndexes(found);
    }, options);
    return { capacity, told: () => capacity.told(detail) };
  }

  async handle(operation: string, input: JsonObject): Promise<JsonObject> {
    try {
      if (operation === 'TransactWriteItems') return await this.#transactions.write(input);
      if (operation === 'TransactGetItems') return await this.#transactions.get(input);
      if (!dynalite.isOperation(operation) || operation === 'CreateTable') {
        throw new ServiceError(
          'UnknownOperationException',
          `The local cloud has no dynamodb:${operation}.`,
          501,
        );
      }
      refuseUnknownFields(operation, input);
      if (operation === 'BatchWriteItem') return await this.#gate.alone(() => this.#writeBatch(input));
      if (WRITES.has(operation)) return await this.#write(operation, input);
      return await this.#gate.shared(undefined, () => this.#read(operation, input));
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** Deletes what has expired now and every few minutes from now on, until the tables are closed. */
  startExpiry(): void {
    this.#sweep = setInterval(() => {
      // What cannot be deleted now will be another time.
      this.#expiring = this.expire().catch(() => {});
    }, EXPIRY_EVERY_MS);
    this.#sweep.unref();
  }

  /** Deletes what has expired. @returns how many items there were. */
  expire({ at = this.#now(), random }: Partial<ExpiryOptions> = {}): Promise<number> {
    return deleteExpired(
      this.#tables,
      { at, random },
      {
        scan: (request) => this.#gate.shared(undefined, () => this.#scan(request)),
        // An item that was changed meanwhile stays.
        remove: (request) =>
          this.#write('DeleteItem', request, { expired: true }).then(
            () => {},
            () => {},
          ),
      },
    );
  }

  /** Lets global indexes lag behind their tables. @param lag by how many ms, asked at each write. */
  async lagIndexes(lag: () => number): Promise<void> {
    await this.#gate.alone(() => this.#indexes.start(this.#tables.map(definitionOf), lag));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#expiring;
    await dynalite.close(this.#store);
  }

  async #read(operation: dynalite.Operation, input: JsonObject): Promise<JsonObject> {
    const request = input.IndexName === undefined ? input : await this.#indexes.redirect(input);
    const output = await this.#plain(operation, request);
    if (operation !== 'ListTables' || !Array.isArray(output.TableNames)) return output;
    return {
      ...output,
      TableNames: output.TableNames.filter((name) => !this.#indexes.isHidden(String(name))),
    };
  }

  async #scan(request: JsonObject): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    for (let start: JsonObject | undefined = {}; start !== undefined; ) {
      const page: JsonObject = await this.#plain('Scan', { ...request, ...start });
      items.push(...asList(page.Items).map(asObject));
      start = page.LastEvaluatedKey ? { ExclusiveStartKey: page.LastEvaluatedKey } : undefined;
    }
    return items;
  }

  async #plain(operation: dynalite.Operation, input: JsonObject): Promise<JsonObject> {
    return await dynalite.act(this.#store, operation, dynalite.validate(this.#store, operation, input));
  }

  /** A write of one item. With the item locked, a failed condition can show the very item that failed it. */
  async #write(
    operation: dynalite.Operation,
    input: JsonObject,
    by?: { expired: boolean },
  ): Promise<JsonObject> {
    const showItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const data = dynalite.validate(this.#store, operation, input);
    const name = String(data.TableName);
    const table = await dynalite.getTable(this.#store, name);
    const itemOrKey = asObject(data.Item ?? data.Key);
    const invalid = data.Item
      ? dynalite.validateItem(itemOrKey, table)
      : dynalite.validateKey(itemOrKey, table);
    if (invalid) throw invalid;
    const key = dynalite.createKey(itemOrKey, table);
    const counted = this.#capacity(data);
    return await this.#gate.shared(`${name}/${key}`, async () => {
      try {
        const act = () => dynalite.act(this.#store, operation, data);
        const watched = { table: name, key, itemOrKey };
        const output = await this.#changes.watch(watched, act, { ...by, capacity: counted?.capacity });
        return counted === undefined ? output : { ...output, ConsumedCapacity: counted.told()[0] };
      } catch (error) {
        const failure = asServiceError(error);
        if (!showItem || failure.code !== 'ConditionalCheckFailedException') throw failure;
        const Item = await dynalite.getItem(this.#store, name, key);
        throw new ServiceError(failure.code, failure.message, failure.status, Item ? { Item } : {});
      }
    });
  }

  /** Up to 25 writes with everything else standing still. */
  async #writeBatch(input: JsonObject): Promise<JsonObject> {
    const data = dynalite.validate(this.#store, 'BatchWriteItem', input);
    const act = () => dynalite.act(this.#store, 'BatchWriteItem', data);
    const counted = this.#capacity(data);
    const items: Watched[] = [];
    for (const [table, requests] of Object.entries(asObject(data.RequestItems))) {
      if (counted === undefined && !this.#changes.isWatched(table)) continue;
      const described = await dynalite.getTable(this.#store, table);
      for (const request of asList(requests)) {
        const { PutRequest, DeleteRequest } = asObject(request);
        const itemOrKey = asObject(asObject(PutRequest).Item ?? asObject(DeleteRequest).Key);
        const invalid = PutRequest
          ? dynalite.validateItem(itemOrKey, described)
          : dynalite.validateKey(itemOrKey, described);
        // dynalite says what is wrong, and writes nothing.
        if (invalid) return await act();
        items.push({ table, key: dynalite.createKey(itemOrKey, described), itemOrKey });
      }
    }
    const output = await this.#changes.watchAll(items, act, counted?.capacity);
    return counted === undefined ? output : { ...output, ConsumedCapacity: counted.told() };
  }
}
