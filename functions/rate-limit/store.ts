import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { EpochMs } from './clock.ts';

/**
 * What one bucket remembers. Every attribute is a number, so a plain conditional update can move it.
 *
 * - `tat` theoretical arrival time of the generic cell rate algorithm (ms): how far the future is already granted
 * - `toldTat` the highest `tat` that an answer of the platform told, `pausedUntil` the one after a refusal (ms)
 * - `urgentQueue`, `normalQueue`, `bulkQueue` when the last waiting message of a priority comes back (ms)
 * - `pacedUntil` when the bulk that is paced will have been called for (ms)
 * - `pacedPlace` the place in the line of the bulk that is paced
 * - `bulkPlace` the farthest place of those paced so far, `bulkLag` how much later than its place that one began (ms)
 * - `limit` burst learnt from the platform (calls); absent while the configured one holds. `limitAt` when that was asked (ms)
 * - `urgentAt` when an urgent call was asked for last, `normalAt` and `bulkAt` when one of theirs was last let go (ms)
 * - `writtenAt` the last writer's own clock (ms), `skew` how far writers' clocks were seen apart (ms)
 */
export interface BucketRow {
  tat?: EpochMs;
  toldTat?: EpochMs;
  pausedUntil?: EpochMs;
  urgentQueue?: EpochMs;
  normalQueue?: EpochMs;
  bulkQueue?: EpochMs;
  pacedUntil?: EpochMs;
  pacedPlace?: EpochMs;
  bulkPlace?: EpochMs;
  bulkLag?: number;
  limit?: number;
  limitAt?: EpochMs;
  urgentAt?: EpochMs;
  normalAt?: EpochMs;
  bulkAt?: EpochMs;
  writtenAt?: EpochMs;
  skew?: number;
}

export type BucketField = keyof BucketRow;

/** Sets a field to a value, or adds to the value it had before the update. */
export type Step = { field: BucketField; to: number } | { field: BucketField; by: number };

/**
 * What must hold before the update: `above` is exclusive, `atMost` inclusive, `absent` says whether a missing field passes.
 * Without any bound it tests for presence alone: `absent: true` wants the field missing, `absent: false` wants it there.
 */
export interface Guard {
  field: BucketField;
  absent: boolean;
  above?: number;
  atMost?: number;
  equals?: number;
}

/** One atomic write: all guards hold and all steps happen, or nothing does. */
export interface Change {
  steps: Step[];
  guards: Guard[];
}

/** `before` is the row as it was, whether the change was applied or refused; an empty object when there was none. */
export interface Outcome {
  applied: boolean;
  before: BucketRow;
}

/**
 * An atomic conditional update, and nothing else.
 * A repeated change (a retry after a lost answer) may be applied twice: that wastes slots and never grants one twice.
 */
export interface BucketStore {
  update(key: string, change: Change): Promise<Outcome>;
}

/** The row that a change leaves behind. */
export function applyChange(row: BucketRow, change: Change): BucketRow {
  const after = { ...row };
  for (const step of change.steps) {
    after[step.field] = 'to' in step ? step.to : (row[step.field] ?? 0) + step.by;
  }
  return after;
}

/** Whether every guard of a change holds for a row. */
export function passes(row: BucketRow, change: Change): boolean {
  return change.guards.every((guard) => {
    const value = row[guard.field];
    if (value === undefined) return guard.absent;
    if (guard.above === undefined && guard.atMost === undefined && guard.equals === undefined)
      return !guard.absent;
    if (guard.above !== undefined && !(value > guard.above)) return false;
    if (guard.atMost !== undefined && !(value <= guard.atMost)) return false;
    return guard.equals === undefined || value === guard.equals;
  });
}

/** A bucket store of one process, for tests and simulations: as atomic as a single thread is. */
export function createMemoryStore(rows: Map<string, BucketRow> = new Map()): BucketStore {
  return {
    async update(key, change) {
      const before = rows.get(key) ?? {};
      const applied = passes(before, change);
      if (applied) rows.set(key, applyChange(before, change));
      return { applied, before };
    },
  };
}

const number = z
  .object({ N: z.coerce.number() })
  .transform((value) => value.N)
  .optional();
const rowSchema = z.object({
  tat: number,
  toldTat: number,
  pausedUntil: number,
  urgentQueue: number,
  normalQueue: number,
  bulkQueue: number,
  pacedUntil: number,
  pacedPlace: number,
  bulkPlace: number,
  bulkLag: number,
  limit: number,
  limitAt: number,
  urgentAt: number,
  normalAt: number,
  bulkAt: number,
  writtenAt: number,
  skew: number,
});

/**
 * A bucket store on a DynamoDB table with partition key `pk` and sort key `sk` (both strings).
 * One bucket is the item `pk = bucket#<key>`, `sk = bucket`; the key is `<platform>#<scope>`.
 *
 * The row before the write comes back on success and on refusal alike (`ALL_OLD`), so nothing is ever read:
 * what a write left behind follows from what it found. Needs `dynamodb:UpdateItem` and nothing more.
 */
export function createDynamoStore(options: { client: DynamoDBClient; tableName: string }): BucketStore {
  return {
    async update(key, change) {
      try {
        const answer = await options.client.send(
          new UpdateItemCommand({
            TableName: options.tableName,
            Key: { pk: { S: `bucket#${key}` }, sk: { S: 'bucket' } },
            ...expressionsOf(change),
            ReturnValues: 'ALL_OLD',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { applied: true, before: rowOf(answer.Attributes) };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          return { applied: false, before: rowOf(error.Item) };
        }
        throw error;
      }
    },
  };
}

function rowOf(item: Record<string, AttributeValue> | undefined): BucketRow {
  const parsed = rowSchema.parse(item ?? {});
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
}

function expressionsOf(change: Change) {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  // Every name goes through a placeholder: `limit` is a reserved word of DynamoDB, and so may be the next one.
  const name = (field: string) => {
    names[`#${field}`] = field;
    return `#${field}`;
  };
  const value = (amount: number) => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = { N: decimal(amount) };
    return placeholder;
  };
  const steps = change.steps.map((step) => {
    const field = name(step.field);
    return 'to' in step ? `${field} = ${value(step.to)}` : `${field} = ${field} + ${value(step.by)}`;
  });
  const guards = change.guards.map((guard) => conditionOf(guard, name, value));
  return {
    UpdateExpression: `SET ${steps.join(', ')}`,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ...(guards.length > 0 && { ConditionExpression: guards.join(' AND ') }),
  };
}

function conditionOf(guard: Guard, name: (field: string) => string, value: (amount: number) => string) {
  const field = name(guard.field);
  const bounds = [
    ...(guard.above === undefined ? [] : [`${field} > ${value(guard.above)}`]),
    ...(guard.atMost === undefined ? [] : [`${field} <= ${value(guard.atMost)}`]),
    ...(guard.equals === undefined ? [] : [`${field} = ${value(guard.equals)}`]),
  ];
  const missing = `attribute_not_exists(${field})`;
  if (bounds.length === 0) return guard.absent ? missing : `attribute_exists(${field})`;
  const inside = bounds.join(' AND ');
  return guard.absent ? `(${missing} OR (${inside}))` : `(${inside})`;
}

// DynamoDB takes no exponent beyond its range and JavaScript writes 1e-7 for small numbers: a microsecond is fine enough.
function decimal(amount: number): string {
  return String(Math.round(amount * 1000) / 1000);
}
