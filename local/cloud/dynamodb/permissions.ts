import type { Permission } from '../iam/authorizer.ts';
import { asObject, asText, isObject, type JsonObject } from '../json.ts';

/** Each part of a transaction needs the action of the single operation. (Developer guide, "IAM for transactions".) */
const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** What a DynamoDB call needs to be allowed. `arnOf` turns a table name into its ARN. */
export function tablePermissions(
  operation: string,
  input: JsonObject,
  arnOf: (table: string) => string,
): Permission[] {
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    const items = Array.isArray(input.TransactItems) ? input.TransactItems : [];
    return items.flatMap((item) =>
      Object.entries(asObject(item)).map(([kind, part]) => ({
        action: `dynamodb:${TRANSACTION_ACTIONS[kind] ?? kind}`,
        ...resourceOf(asObject(part), arnOf),
      })),
    );
  }
  const action = `dynamodb:${operation}`;
  if (isObject(input.RequestItems)) {
    return Object.keys(input.RequestItems).map((table) => ({ action, resource: arnOf(table) }));
  }
  return [{ action, ...resourceOf(input, arnOf) }];
}

function resourceOf(input: JsonObject, arnOf: (table: string) => string): { resource: string } {
  const table = asText(input.TableName);
  if (table === undefined) return { resource: '*' };
  const index = asText(input.IndexName);
  return { resource: index === undefined ? arnOf(table) : `${arnOf(table)}/index/${index}` };
}
