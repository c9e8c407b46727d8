import { describe, expect, it } from 'vitest';
import { tablePermissions } from '../../local/cloud/dynamodb/permissions.ts';
import { ServiceError } from '../../local/cloud/errors.ts';
import { Authorizer } from '../../local/cloud/iam/authorizer.ts';
import { parsePolicy } from '../../local/cloud/iam/policy.ts';
import type { JsonObject } from '../../local/cloud/json.ts';

const ROLE = 'arn:aws:iam::1:role/r';
const TABLE = 'arn:aws:dynamodb:x:1:table/t';
const names = {
  arnOf: () => TABLE,
  partitionKeyOf: (_: string, index: string | undefined) => (index === undefined ? 'pk' : 'other'),
};

/** A role that may do everything, to items whose partition keys begin with `mine#`. */
function mine(conditions: object = {}): Authorizer {
  const made = new Authorizer('1', 'x');
  const Condition = {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['mine', 'mine#*'] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
    ...conditions,
  };
  const Statement = {
    Effect: 'Allow',
    Action: 'dynamodb:*',
    Resource: [TABLE, `${TABLE}/index/*`],
    Condition,
  };
  made.attach(ROLE, parsePolicy(JSON.parse(JSON.stringify({ Statement })), 'test'));
  return made;
}
function may(operation: string, input: JsonObject, authorizer = mine()): boolean {
  const asked = tablePermissions(operation, { TableName: 't', ...input }, names);
  try {
    authorizer.check({ name: 'f', roleArn: ROLE, actor: 'F' }, asked);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'AccessDenied') return false;
    throw error;
  }
}
const key = (pk: string): JsonObject => ({ pk: { S: pk }, sk: { S: 'x' } });
const query = (pk: string): JsonObject => ({
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :b)',
  ExpressionAttributeValues: { ':pk': { S: pk }, ':b': { S: 'mine#' } },
});

const CALLS: [string, (pk: string) => JsonObject][] = [
  ['GetItem', (pk) => ({ Key: key(pk) })],
  ['PutItem', (pk) => ({ Item: { ...key(pk), more: { S: 'mine#1' } } })],
  ['UpdateItem', (pk) => ({ Key: key(pk) })],
  ['DeleteItem', (pk) => ({ Key: key(pk) })],
  ['Query', query],
  [
    'Query',
    (pk) => ({
      KeyConditionExpression: 'sk > :a and #p=:b',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':a': { S: 'mine#' }, ':b': { S: pk } },
    }),
  ],
  [
    'Query',
    (pk) => ({
      IndexName: 'i',
      KeyConditionExpression: 'other = :o',
      ExpressionAttributeValues: { ':o': { S: pk } },
    }),
  ],
  ['BatchGetItem', (pk) => ({ RequestItems: { t: { Keys: [key('mine#1'), key(pk)] } } })],
  [
    'BatchWriteItem',
    (pk) => ({
      RequestItems: { t: [{ PutRequest: { Item: key('mine#1') } }, { DeleteRequest: { Key: key(pk) } }] },
    }),
  ],
  [
    'BatchWriteItem',
    (pk) => ({
      RequestItems: { t: [{ PutRequest: { Item: key(pk) } }, { DeleteRequest: { Key: key('mine#1') } }] },
    }),
  ],
  [
    'TransactWriteItems',
    (pk) => ({
      TransactItems: [
        { Put: { TableName: 't', Item: key('mine#1') } },
        { Update: { TableName: 't', Key: key(pk) } },
      ],
    }),
  ],
  ['TransactWriteItems', (pk) => ({ TransactItems: [{ ConditionCheck: { TableName: 't', Key: key(pk) } }] })],
  ['TransactGetItems', (pk) => ({ TransactItems: [{ Get: { TableName: 't', Key: key(pk) } }] })],
];

describe('a policy that names partition keys (dynamodb:LeadingKeys)', () => {
  it.each(CALLS)('allows %s of a key that fits, and refuses another', (operation, input) => {
    expect([may(operation, input('mine#2')), may(operation, input('mine'))]).toEqual([true, true]);
    expect([may(operation, input('theirs#mine#1')), may(operation, input('minecraft'))]).toEqual([
      false,
      false,
    ]);
  });

  it('refuses what names no key: a scan', () => {
    expect(may('Scan', {})).toBe(false);
  });

  it('would allow a scan without its second condition, as IAM does: all of no keys fit', () => {
    const careless = mine({ Null: { 'dynamodb:LeadingKeys': ['true', 'false'] } });

    expect(may('Scan', {}, careless)).toBe(true);
  });
});
