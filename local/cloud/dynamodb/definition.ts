import { asObject, type JsonObject } from '../json.ts';
import type { Selected } from '../resources/select.ts';

export type TableResource = Selected<'AWS::DynamoDB::Table'> | Selected<'AWS::DynamoDB::GlobalTable'>;

/** A table as dynalite is asked to make it. */
export function definitionOf({ ref, properties }: TableResource): JsonObject {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const plain = (indexes: typeof GlobalSecondaryIndexes) =>
    indexes?.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  return JSON.parse(
    JSON.stringify({
      TableName: ref,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema,
      AttributeDefinitions,
      GlobalSecondaryIndexes: plain(GlobalSecondaryIndexes),
      LocalSecondaryIndexes: plain(LocalSecondaryIndexes),
    }),
  );
}

/** Keys and indexes of a table, the same for the same ones. */
export function shapeOf({ KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes }: JsonObject): string {
  const keys = (indexes: unknown) =>
    (Array.isArray(indexes) ? indexes : [])
      .map((index) => JSON.stringify([asObject(index).IndexName, asObject(index).KeySchema]))
      .sort();
  return JSON.stringify([KeySchema, keys(GlobalSecondaryIndexes), keys(LocalSecondaryIndexes)]);
}
