import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Authorizer } from '../../local/cloud/iam/authorizer.ts';
import { conditionsHold, matchesPattern } from '../../local/cloud/iam/conditions.ts';
import { parsePolicy } from '../../local/cloud/iam/policy.ts';

const ROLE = 'arn:aws:iam::1:role/r';
const QUEUE = 'arn:aws:sqs:x:1:intake';

function authorizer(...Statement: object[]): Authorizer {
  const made = new Authorizer('1', 'x');
  made.attach(ROLE, parsePolicy(JSON.parse(JSON.stringify({ Version: '2012-10-17', Statement })), 'test'));
  return made;
}
const asks = (made: Authorizer, action: string, resource = QUEUE): boolean =>
  made.allows({ name: 'f', roleArn: ROLE, actor: 'F' }, { action, resource });

describe('identity policies', () => {
  it.each([
    ['the action on the resource', { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE }, true],
    ['another case of the action', { Effect: 'Allow', Action: 'SQS:sendmessage', Resource: QUEUE }, true],
    ['a wildcard', { Effect: 'Allow', Action: ['sqs:Send*'], Resource: ['arn:aws:sqs:*:1:in?ake'] }, true],
    ['another action', { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: QUEUE }, false],
    ['another resource', { Effect: 'Allow', Action: 'sqs:*', Resource: `${QUEUE}-dead` }, false],
    ['a dot that is not a wildcard', { Effect: 'Allow', Action: 'sqs.SendMessage', Resource: '*' }, false],
    ['NotAction of it', { Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }, false],
    ['NotAction of another', { Effect: 'Allow', NotAction: 'sqs:Purge*', Resource: '*' }, true],
    ['NotResource of it', { Effect: 'Allow', Action: '*', NotResource: QUEUE }, false],
    [
      'a condition that holds',
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalAccount': '1' } },
      },
      true,
    ],
    [
      'a condition that does not',
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalAccount': '2' } },
      },
      false,
    ],
  ])('%s', (_, statement, expected) => {
    expect(asks(authorizer(statement), 'sqs:SendMessage')).toBe(expected);
  });

  it('refuse without any statement, and a deny wins over an allow', () => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

    expect(asks(authorizer(), 'sqs:SendMessage')).toBe(false);
    expect(
      asks(authorizer(everything, { ...everything, Effect: 'Deny', Action: 'sqs:S*' }), 'sqs:SendMessage'),
    ).toBe(false);
  });

  it('lose an action for one function and get it back', () => {
    // Arrange
    const made = authorizer({ Effect: 'Allow', Action: '*', Resource: '*' });
    const other = { name: 'g', roleArn: ROLE, actor: 'G' };

    // Act
    const undo = made.remove('F', 'sqs:*');

    // Assert
    expect(asks(made, 'sqs:SendMessage')).toBe(false);
    expect(asks(made, 'dynamodb:GetItem')).toBe(true);
    expect(made.allows(other, { action: 'sqs:SendMessage', resource: QUEUE })).toBe(true);
    undo();
    expect(asks(made, 'sqs:SendMessage')).toBe(true);
  });
});

describe('a statement', () => {
  const made = () =>
    authorizer(
      { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:PurgeQueue'], Resource: QUEUE },
      { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: QUEUE },
    );
  const calls = (made: Authorizer, action: string) =>
    made.check({ name: 'f', roleArn: ROLE, actor: 'F' }, [{ action, resource: QUEUE }]);

  it('remembers the actions that calls needed, and not what was only asked', () => {
    const all = made();

    calls(all, 'sqs:SendMessage');
    asks(all, 'sqs:PurgeQueue');

    expect(all.grants().map(({ used }) => [...used])).toEqual([['sqs:SendMessage'], []]);
  });

  it('allows nothing while it is withdrawn, and remembers what was refused for that', () => {
    const all = made();
    const [sending] = all.grants();

    const restore = sending!.withdraw();

    expect(() => calls(all, 'sqs:SendMessage')).toThrow('sqs:SendMessage');
    expect(() => calls(all, 'sqs:ReceiveMessage')).not.toThrow();
    expect([...sending!.refused]).toEqual(['sqs:SendMessage']);
    restore();
    expect(() => calls(all, 'sqs:SendMessage')).not.toThrow();
  });
});

describe('resource policies', () => {
  it('deny whom they name, and leave TLS-only queues open to the local cloud', () => {
    // Arrange
    const made = authorizer({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
    const tlsOnly = {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: QUEUE,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const noPurge = { Effect: 'Deny', Principal: '*', Action: 'sqs:PurgeQueue', Resource: QUEUE };

    // Act
    made.attachToResource(QUEUE, parsePolicy({ Statement: [tlsOnly, noPurge] }, 'test'));

    // Assert
    expect(asks(made, 'sqs:SendMessage')).toBe(true);
    expect(asks(made, 'sqs:PurgeQueue')).toBe(false);
  });

  it('allow a role of the same account by themselves, but not because of a service', () => {
    const made = authorizer();
    made.attachToResource(
      QUEUE,
      parsePolicy(
        {
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: ROLE },
            Action: 'sqs:SendMessage',
            Resource: QUEUE,
          },
        },
        'test',
      ),
    );
    made.attachToResource(
      QUEUE,
      parsePolicy(
        {
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:PurgeQueue',
            Resource: QUEUE,
          },
        },
        'test',
      ),
    );

    expect(asks(made, 'sqs:SendMessage')).toBe(true);
    expect(asks(made, 'sqs:PurgeQueue')).toBe(false);
  });
});

describe('condition operators', () => {
  const context = { 'aws:principalarn': ['arn:aws:iam::1:role/r'], 'aws:securetransport': ['true'] };

  it.each([
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } }, true],
    [{ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::1:*' } }, false],
    [{ StringNotEquals: { 'aws:SourceAccount': '1' } }, true],
    [{ StringEquals: { 'aws:SourceAccount': '1' } }, false],
    [{ StringEqualsIfExists: { 'aws:SourceAccount': '1' } }, true],
    [{ Null: { 'aws:SourceAccount': 'true' } }, true],
    [{ Null: { 'aws:PrincipalArn': 'true' } }, false],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, false],
    [{ 'ForAnyValue:StringLike': { 'aws:PrincipalArn': ['x', '*role/r'] } }, true],
  ])('%j', (conditions, expected) => {
    const asLists = Object.fromEntries(
      Object.entries(conditions).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, [value].flat().map(String)])),
      ]),
    );
    expect(conditionsHold(asLists, context)).toBe(expected);
  });
});

describe('patterns', () => {
  it('match themselves when they have no wildcard, and everything fits a star', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        expect(matchesPattern(text, '*')).toBe(true);
        if (!/[*?]/.test(other)) expect(matchesPattern(text, other)).toBe(text === other);
      }),
    );
  });
});
