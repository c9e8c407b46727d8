import { describe, expect, test } from 'vitest';
import { resourcesOf } from './assembly.ts';
import { functions, permissionsOf, stacks, statementsOf, targetsOf } from './deployed-functions.ts';
import { PERMISSIONS } from './permission-table.ts';

describe.each(functions.map((one) => [one.name, one] as const))('%s', (name, one) => {
  test('may do what it needs and nothing else', () => {
    expect(permissionsOf(one.Role)).toEqual(PERMISSIONS[name]?.toSorted());
  });

  test('has one statement for each thing that it is let at', () => {
    const named = statementsOf(one.Role).filter(({ Sid }) => Sid !== undefined);
    const targets = named.flatMap(targetsOf);
    expect(new Set(named.map(({ Sid }) => Sid)).size).toBe(named.length);
    expect(new Set(targets).size).toBe(targets.length);
  });

  test('may touch a table only within partitions that begin with its platform, or are named one by one', () => {
    const [platform = ''] = name.split('-');
    const onTables = statementsOf(one.Role).filter(({ Action }) =>
      Action.some((action) => action.startsWith('dynamodb:')),
    );
    const whole = ['Changes', 'Work', 'Stream'];
    const ofErp =
      '(alias|feed|feed-pointer|endpoints|endpoint-aside|idempotency|circuit|bucket|location|command-id|\\*#order|\\*#product|\\*#customer|\\*#erp-customer|\\*#erp-product|\\*#by-email|\\*#email-of)';
    const owner = platform === 'erp' ? ofErp : `([a-z-]+#)*${platform}`;
    for (const { Sid = '', Condition = [] } of onTables.filter(({ Sid = '' }) => !whole.includes(Sid))) {
      expect(Condition, Sid).not.toEqual([]);
      for (const pattern of Condition.filter((each) => !/^chunks(#\*)?$/.test(each)))
        expect(pattern).toMatch(new RegExp(`^${owner}(#\\*)?$`));
    }
  });

  test('has policies that IAM takes: at most 10,240 characters together, with the longest names', () => {
    const text = JSON.stringify(
      statementsOf(one.Role).map(({ Resource, ...rest }) => ({ ...rest, Resource })),
    );
    const arns = statementsOf(one.Role).flatMap(({ Resource }) => Resource).length;
    // An ARN of a resource that CloudFormation named has up to 130 characters; a Condition's own words have 90.
    expect(text.length + 130 * arns + 90 * statementsOf(one.Role).length).toBeLessThan(10_240);
  });

  test('has a role with no managed policy, that Lambda alone may assume', () => {
    const role = resourcesOf(stacks, 'AWS::IAM::Role').find((other) => `${other.id}.Arn` === one.Role);
    expect(Object.keys(role?.Properties ?? {})).toEqual(['AssumeRolePolicyDocument']);
    expect(JSON.stringify(role?.Properties)).toContain('lambda.amazonaws.com');
  });
});
