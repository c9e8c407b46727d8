import type { Permission } from '../iam/authorizer.ts';
import { asObject, asText, isObject, type Json, type JsonObject } from '../json.ts';

/** Each part of a transaction needs the action of the single operation. (Developer guide, "IAM for transactions".) */
const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** What permissions are made of: how tables are called in policies, and what their keys are called. */
export interface TableNames {
  arnOf(table: string): string;
  /** Name of the partition key of a table, or of one of its indexes; undefined when there is no such table. */
  partitionKeyOf(table: string, index: string | undefined): string | undefined;
}

/** What a DynamoDB call needs to be allowed. */
export function tablePermissions(operation: string, input: JsonObject, names: TableNames): Permission[] {
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    return list(input.TransactItems).flatMap((item) =>
      Object.entries(asObject(item)).map(([kind, part]) =>
        permission(TRANSACTION_ACTIONS[kind] ?? kind, asObject(part), names),
      ),
    );
  }
  if (isObject(input.RequestItems)) {
    return Object.entries(input.RequestItems).map(([TableName, requests]) => ({
      action: `dynamodb:${operation}`,
      resource: names.arnOf(TableName),
      ...leading(batchItems(requests), names.partitionKeyOf(TableName, undefined)),
    }));
  }
  return [permission(operation, input, names)];
}

function permission(operation: string, input: JsonObject, names: TableNames): Permission {
  const action = `dynamodb:${operation}`;
  const table = asText(input.TableName);
  if (table === undefined) return { action, resource: '*' };
  const index = asText(input.IndexName);
  const resource = names.arnOf(table);
  const key = names.partitionKeyOf(table, index);
  return {
    action,
    resource: index === undefined ? resource : `${resource}/index/${index}`,
    ...(operation === 'Query' ? leading([queried(input)], key) : leading([input.Key, input.Item], key)),
  };
}

/** The keys of what a batch reads, or the keys and items of what it writes. */
function batchItems(requests: Json): Json[] {
  if (isObject(requests)) return list(requests.Keys);
  return list(requests).flatMap((request) => {
    const { PutRequest, DeleteRequest } = asObject(request);
    return [asObject(PutRequest).Item, asObject(DeleteRequest).Key];
  });
}

/**
 * The partition keys that a call names: `dynamodb:LeadingKeys`. A call that names none, such as a scan, has no such
 * value. (Developer guide, "Using IAM policy conditions for fine-grained access control".)
 */
function leading(items: readonly Json[], key: string | undefined): Pick<Permission, 'context'> {
  if (key === undefined) return {};
  const values = items.flatMap((item) => (isObject(item) ? Object.values(asObject(item[key])) : []));
  return values.length === 0 ? {} : { context: { 'dynamodb:leadingkeys': values.map(String) } };
}

/** What a query's condition says of attributes: the value that each has to be equal to. */
function queried(input: JsonObject): JsonObject {
  const names = asObject(input.ExpressionAttributeNames);
  const values = asObject(input.ExpressionAttributeValues);
  const condition = asText(input.KeyConditionExpression) ?? '';
  const equalities = [...condition.matchAll(/(#?[A-Za-z_][\w.-]*)\s*=\s*(:\w+)/g)];
  return Object.fromEntries(
    equalities.map(([, name = '', value = '']) => [
      name.startsWith('#') ? (asText(names[name]) ?? name) : name,
      values[value],
    ]),
  );
}

const list = (value: Json): Json[] => (Array.isArray(value) ? value : []);
