import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAssembly } from '../../local/cloud/assembly/read-assembly.ts';
import { select } from '../../local/cloud/resources/select.ts';
import { createDeployment, type Deployment } from '../../local/cloud/template/deployment.ts';
import { type FixtureStack, queue, table, writeAssembly } from './fixture.ts';

const placement = {
  account: '000000000000',
  region: 'sa-east-1',
  endpoint: 'http://127.0.0.1:1',
  urlOfApi: () => 'http://127.0.0.1:2',
};

function deploy(stacks: Record<string, FixtureStack>): Deployment {
  const folder = writeAssembly(stacks);
  try {
    return createDeployment(readAssembly(folder), placement);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What an output of a stack with some neighbours resolves to. */
function resolve(Value: unknown, more: Partial<FixtureStack> = {}): unknown {
  const deployment = deploy({
    Other: {
      Resources: {},
      Outputs: {
        Shared: { Value: 'from afar', Export: { Name: 'Other:Shared' } },
        Weak: { Value: { Ref: 'AWS::StackName' } },
      },
    },
    Main: {
      Resources: { Orders: table(), Intake: queue() },
      Outputs: { Value: { Value } },
      Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
      Parameters: { Size: { Type: 'Number', Default: 5 } },
      Mappings: { Map: { first: { second: 'mapped' } } },
      ...more,
    },
  });
  return deployment.outputs().Value;
}

describe('intrinsics', () => {
  it.each([
    ['Ref of a resource', { Ref: 'Orders' }, /^Main-Orders-[0-9a-f]{8}$/],
    [
      'Ref of a queue, which is its URL',
      { Ref: 'Intake' },
      /^http:\/\/127\.0\.0\.1:1\/000000000000\/Main-Intake-/,
    ],
    ['Ref of a parameter', { Ref: 'Size' }, /^5$/],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, /^000000000000$/],
    ['AWS::Region', { Ref: 'AWS::Region' }, /^sa-east-1$/],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, /^Main$/],
    [
      'Fn::GetAtt',
      { 'Fn::GetAtt': ['Orders', 'Arn'] },
      /^arn:aws:dynamodb:sa-east-1:000000000000:table\/Main-Orders-/,
    ],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Orders.Arn' }, /table\/Main-Orders/],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }]] }, /^a-aws$/],
    [
      'Fn::Sub',
      { 'Fn::Sub': '$' + '{AWS::Region}/$' + '{Orders.Arn}/$' + '{!Kept}' },
      /^sa-east-1\/arn:.*\/\$\{Kept\}$/,
    ],
    ['Fn::Sub with its own names', { 'Fn::Sub': ['x$' + '{Own}', { Own: { Ref: 'Size' } }] }, /^x5$/],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, /^b$/],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'Other:Shared' }, /^from afar$/],
    [
      'Fn::GetStackOutput, which answers in the terms of its own stack',
      { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Weak' } },
      /^Other$/,
    ],
    ['Fn::If', { 'Fn::If': ['No', 'yes', 'no'] }, /^no$/],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', 'first', 'second'] }, /^mapped$/],
    ['Fn::Base64', { 'Fn::Base64': 'hi' }, /^aGk=$/],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toMatch(expected);
  });

  it.each([
    ['an unknown intrinsic', { 'Fn::Cidr': [] }, /Fn::Cidr.*intrinsics\.ts.*unknown-intrinsic/s],
    ['an unknown resource', { Ref: 'Nobody' }, /Ref Nobody.*unresolved-reference/s],
    ['an unknown attribute', { 'Fn::GetAtt': ['Orders', 'Colour'] }, /Orders\.Colour.*identity\.ts/s],
    ['an unknown export', { 'Fn::ImportValue': 'Nowhere' }, /export Nowhere/],
    ['an unknown mapping', { 'Fn::FindInMap': ['Map', 'first', 'third'] }, /Map\.first\.third/],
    ['a missing item', { 'Fn::Select': [3, ['a']] }, /no item 3/],
    ['a wrong form', { 'Fn::Join': 'ab' }, /takes a list/],
  ])('%s is an error', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });

  it('joins what splits, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1, maxLength: 2 }), (text, delimiter) => {
        expect(resolve({ 'Fn::Join': [delimiter, { 'Fn::Split': [delimiter, text] }] })).toBe(text);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a deployment', () => {
  it('drops what AWS::NoValue removes and resources whose condition is false', () => {
    // Act
    const deployment = deploy({
      Main: {
        Resources: {
          Kept: queue({ VisibilityTimeout: { 'Fn::If': ['Never', 5, { Ref: 'AWS::NoValue' }] } }),
          Dropped: { ...queue(), Condition: 'Never' },
        },
        Conditions: {
          Never: {
            'Fn::Or': [
              { 'Fn::Equals': ['a', 'b'] },
              { 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Equals': ['a', 'b'] }] },
            ],
          },
        },
      },
    });

    // Assert
    const queues = select(deployment, 'AWS::SQS::Queue');
    expect(queues.map(({ logicalId }) => logicalId)).toEqual(['Kept']);
    expect(queues[0]?.properties.VisibilityTimeout).toBe(30);
  });

  it('names an output of several stacks by its stack', () => {
    const one = { Resources: {}, Outputs: { Url: { Value: 'a' }, Only: { Value: 'c' } } };
    const two = { Resources: {}, Outputs: { Url: { Value: 'b' } } };

    expect(deploy({ One: one, Two: two }).outputs()).toEqual({ 'One.Url': 'a', 'Two.Url': 'b', Only: 'c' });
  });

  it('gives the same physical names in every run', () => {
    const names = () => select(deploy({ Main: { Resources: { Q: queue() } } }), 'AWS::SQS::Queue')[0]?.ref;

    expect(names()).toBe(names());
  });

  it('uses the local address where a template writes an API address out', () => {
    const Value = {
      'Fn::Join': [
        '',
        ['https://', { Ref: 'Api' }, '.execute-api.', { Ref: 'AWS::Region' }, '.amazonaws.com/hook'],
      ],
    };
    const Resources = {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'a', ProtocolType: 'HTTP' } },
    };

    expect(resolve(Value, { Resources })).toBe('http://127.0.0.1:2/hook');
  });
});
