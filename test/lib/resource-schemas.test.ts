import { describe, expect, test } from 'vitest';
import { demo, stacksOf } from './assembly.ts';
import { MERCHANTS } from './merchants.ts';
import { problemsOf } from './resource-schemas.ts';

describe.each(MERCHANTS)('CloudFormation takes the templates of %s', (_, merchant) => {
  test.each([
    ['created', { creates: true }],
    ['updated', {}],
  ])('when the stacks are %s', (__, options) => {
    expect(stacksOf(merchant, options).flatMap(problemsOf)).toEqual([]);
  });
});

describe('the check sees', () => {
  const stacks = stacksOf(demo);

  test.each([
    [
      'an unknown property',
      'AWS::SQS::Queue',
      { VisibilityTimeouts: 1 },
      /unknown property VisibilityTimeouts$/,
    ],
    ['a missing property', 'AWS::DynamoDB::Table', { KeySchema: undefined }, /lacks KeySchema$/],
    ['a wrong type', 'AWS::Lambda::Function', { Timeout: 'long' }, /Timeout: is no integer$/],
    ['a wrong word', 'AWS::Scheduler::Schedule', { State: 'ON' }, /State: ON is none of ENABLED, DISABLED$/],
  ])('%s', (_, type, change, problem) => {
    const found = stacks.flatMap((stack) => {
      const resource = stack.resources.find(({ Type }) => Type === type);
      if (resource === undefined) return [];
      return problemsOf({
        ...stack,
        resources: [{ ...resource, Properties: { ...resource.Properties, ...change } }],
      });
    });

    expect(found).toEqual([expect.stringMatching(problem)]);
  });
});
