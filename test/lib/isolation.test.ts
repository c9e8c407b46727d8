import { describe, expect, test } from 'vitest';
import { demo, merchantWith, resourcesOf, type SynthesizedStack, stacksOf } from './assembly.ts';

/** Properties called "...Name" that name nothing outside the resource they belong to, or name what AWS defines. */
const NO_NAMES_OF_OURS = new Set([
  'MetricName', // a metric of AWS, or one with the merchant as a dimension
  'StageName', // within its API
  'PolicyName', // within its role
]);

const exportsOf = (stacks: readonly SynthesizedStack[]): string[] =>
  stacks.flatMap((stack) => stack.outputs).flatMap((output) => output.Export?.Name ?? []);

const physicalNames = (stacks: readonly SynthesizedStack[]): string[] =>
  resourcesOf(stacks).flatMap(({ Type, Properties }) =>
    Object.entries(Properties)
      .filter(([key, value]) => /Name$/.test(key) && !NO_NAMES_OF_OURS.has(key) && typeof value === 'string')
      .map(([key, value]) => `${Type} ${key} ${String(value)}`),
  );

describe.each([
  ['demo', 'other'],
  ['shop', 'shop-two'],
  ['a1', 'a1-nuvemshop'],
])('merchants %s and %s', (one, two) => {
  const stacks = [stacksOf(merchantWith({ name: one })), stacksOf(merchantWith({ name: two }))] as const;
  const shared = (of: (stacks: readonly SynthesizedStack[]) => string[]): string[] => {
    const first = new Set(of(stacks[0]));
    return of(stacks[1]).filter((name) => first.has(name));
  };

  test('share no stack', () => expect(shared((all) => all.map((stack) => stack.name))).toEqual([]));
  test('share no export', () => {
    expect(exportsOf(stacks[0])).not.toEqual([]);
    expect(shared(exportsOf)).toEqual([]);
  });
  test('share no physical name', () => {
    expect(physicalNames(stacks[0])).not.toEqual([]);
    expect(shared(physicalNames)).toEqual([]);
  });
  test('neither names the other in a template', () => {
    expect(JSON.stringify(stacks[0])).not.toContain(`Acopio-${two}`);
  });
});

describe.each(['nuvemshop', 'pedidosya', 'imotriz'] as const)('a merchant without %s', (platform) => {
  const platforms = Object.fromEntries(Object.entries(demo.platforms).filter(([name]) => name !== platform));
  const template = JSON.stringify(stacksOf(merchantWith({ platforms })));

  test('has none of its resources', () => {
    expect(template.toLowerCase()).not.toContain(platform);
  });
});

test("without webhooks there is no API but that of the merchant's own system", () => {
  const onlyPolled = stacksOf(merchantWith({ platforms: { imotriz: demo.platforms.imotriz } }));
  const apis = resourcesOf(onlyPolled, 'AWS::ApiGatewayV2::Api').map(({ Properties }) => Properties.Name);
  expect(apis).toEqual(['Acopio-demo-erp']);
});
