import { createRequire } from 'node:module';
import type { JsonObject } from '../json.ts';
import { itemSize } from './item-size.ts';

const require = createRequire(import.meta.url);

/** A table as dynalite keeps it. */
export interface DynaliteTable {
  KeySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
  TableArn: string;
}
type Callback<T> = (error: unknown, value: T) => void;
interface ItemDb {
  get(key: string, done: Callback<JsonObject | undefined>): void;
}
export interface DynaliteStore {
  tableDb: { awsAccountId: string; awsRegion: string };
  db: { open(): Promise<void>; close(done: (error: unknown) => void): void };
  getTable(name: string, done: Callback<DynaliteTable>): void;
  getItemDb(name: string): ItemDb;
}
interface Validation {
  types: Record<string, unknown>;
  custom?: (data: JsonObject, store: DynaliteStore) => string | undefined;
}

const db: {
  create(options: { createTableMs: number; path?: string }): DynaliteStore;
  createKey(item: JsonObject, table: DynaliteTable): string;
  validateKey(key: JsonObject, table: DynaliteTable): Error | undefined;
  validateItem(item: JsonObject, table: DynaliteTable): Error | undefined;
  checkConditional(data: JsonObject, item: JsonObject | undefined): Error | null | undefined;
  /** Decides which items are too large. */
  itemSize(item: JsonObject): number;
} = require('dynalite/db/index.js');
db.itemSize = itemSize;

const validations: {
  checkTypes(data: JsonObject, types: Validation['types']): JsonObject;
  checkValidations(
    data: JsonObject,
    types: Validation['types'],
    custom: Validation['custom'],
    store: DynaliteStore,
  ): void;
} = require('dynalite/validations/index.js');

/** Operations that dynalite itself can run and that a function has a use for. */
const OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const;
export type Operation = (typeof OPERATIONS)[number];
const KNOWN: ReadonlySet<string> = new Set(OPERATIONS);

export function isOperation(name: string): name is Operation {
  return KNOWN.has(name);
}

const fileOf = (operation: Operation): string => operation.charAt(0).toLowerCase() + operation.slice(1);
interface Module {
  act(store: DynaliteStore, data: JsonObject, done: Callback<JsonObject>): void;
  validation: Validation;
}
const modules = new Map<Operation, Module>();

function moduleOf(operation: Operation): Module {
  const known = modules.get(operation);
  if (known) return known;
  const loaded: Module = {
    act: require(`dynalite/actions/${fileOf(operation)}.js`),
    validation: require(`dynalite/validations/${fileOf(operation)}.js`),
  };
  modules.set(operation, loaded);
  return loaded;
}

/** Names of the request fields that dynalite knows; it drops every other one without a word. */
export function fieldsOf(operation: Operation): string[] {
  return Object.keys(moduleOf(operation).validation.types);
}

/**
 * @param path folder of a database that outlives the process; in memory when absent.
 * @throws Error when another process has it open.
 */
export async function openStore(account: string, region: string, path?: string): Promise<DynaliteStore> {
  const store = db.create({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  store.tableDb.awsAccountId = account;
  store.tableDb.awsRegion = region;
  await store.db.open();
  return store;
}

/** Checks a request as the service does. The result belongs to one call: expressions in it are compiled in place. */
export function validate(store: DynaliteStore, operation: Operation, input: JsonObject): JsonObject {
  const { types, custom } = moduleOf(operation).validation;
  const data = validations.checkTypes(input, types);
  validations.checkValidations(data, types, custom, store);
  return data;
}

/** Runs a validated request. */
export function act(store: DynaliteStore, operation: Operation, data: JsonObject): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    moduleOf(operation).act(store, data, (error, value) => (error ? reject(error) : resolve(value)));
  });
}

export function getTable(store: DynaliteStore, name: string): Promise<DynaliteTable> {
  return new Promise((resolve, reject) => {
    store.getTable(name, (error, table) => (error ? reject(error) : resolve(table)));
  });
}

/** The stored item, or undefined when there is none. */
export function getItem(store: DynaliteStore, table: string, key: string): Promise<JsonObject | undefined> {
  return new Promise((resolve, reject) => {
    store.getItemDb(table).get(key, (error, item) => {
      const missing = error instanceof Error && error.name === 'NotFoundError';
      if (error && !missing) reject(error);
      else resolve(missing ? undefined : item);
    });
  });
}

export function close(store: DynaliteStore): Promise<void> {
  return new Promise((resolve) => store.db.close(() => resolve()));
}

export const { createKey, validateKey, validateItem, checkConditional } = db;
