import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { BucketRow, BucketStore, Change, Guard } from './store.ts';

const number = z.object({ N: z.coerce.number() }).transform((value) => value.N);
const rowSchema = z.object({
  tat: number.optional(),
  urgentQueue: number.optional(),
  normalQueue: number.optional(),
  bulkQueue: number.optional(),
  limit: number.optional(),
  urgentAt: number.optional(),
  normalAt: number.optional(),
  bulkAt: number.optional(),
  writtenAt: number.optional(),
  skew: number.optional(),
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
