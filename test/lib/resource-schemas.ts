import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { SynthesizedStack } from './assembly.ts';

/** CloudFormation's own schemas, as far as a template can be held against them: names, required ones, types, words. */
const spec = loadAwsServiceSpecSync();
type Spec = typeof spec;
type Properties = ReturnType<Spec['get']> extends never ? never : Record<string, Property>;
interface Property {
  readonly required?: boolean;
  readonly type: PropertyType;
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}
type PropertyType =
  | { readonly type: 'string'; readonly allowedValues?: readonly string[] }
  | { readonly type: 'integer'; readonly allowedValues?: readonly number[] }
  | { readonly type: 'number' | 'boolean' | 'json' | 'date-time' | 'null' | 'tag' }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'array' | 'map'; readonly element: PropertyType }
  | { readonly type: 'union'; readonly types: readonly PropertyType[] };

function schemaOf(type: string): Properties | undefined {
  return spec.lookup('resource', 'cloudFormationType', 'equals', type).at(0)?.properties as
    | Properties
    | undefined;
}

/** Properties of a type whose change makes CloudFormation put a new resource in the place of the old one. */
export const replacing = (type: string): Set<string> =>
  new Set(
    Object.entries(schemaOf(type) ?? {}).flatMap(([name, { causesReplacement }]) =>
      causesReplacement === 'yes' ? [name] : [],
    ),
  );

/** What in a stack's template CloudFormation would not take, a line for each. */
export function problemsOf({ name: stack, resources }: SynthesizedStack): string[] {
  return resources.flatMap(({ id, Type, Properties }) => {
    if (Type === 'AWS::CDK::Metadata') return [];
    const schema = schemaOf(Type);
    if (schema === undefined) return [`${stack} ${id}: unknown type ${Type}`];
    return problemsIn(Properties, schema, `${stack} ${id} (${Type})`);
  });
}

function problemsIn(values: Readonly<Record<string, unknown>>, schema: Properties, at: string): string[] {
  const unknown = Object.keys(values).filter((name) => schema[name] === undefined);
  const missing = Object.keys(schema).filter((name) => schema[name]?.required && values[name] === undefined);
  return [
    ...unknown.map((name) => `${at}: unknown property ${name}`),
    ...missing.map((name) => `${at}: lacks ${name}`),
    ...Object.entries(values).flatMap(([name, value]) => {
      const property = schema[name];
      return property === undefined ? [] : problemsOfValue(value, property.type, `${at}.${name}`);
    }),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isIntrinsic(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [only, ...others] = Object.keys(value);
  return others.length === 0 && only !== undefined && (only === 'Ref' || only.startsWith('Fn::'));
}

function problemsOfValue(value: unknown, type: PropertyType, at: string): string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'union': {
      const tried = type.types.map((one) => problemsOfValue(value, one, at));
      return tried.some((problems) => problems.length === 0) ? [] : (tried[0] ?? []);
    }
    case 'ref': {
      if (!isObject(value)) return [`${at}: is no object`];
      return problemsIn(value, spec.get('typeDefinition', type.reference.$ref).properties as Properties, at);
    }
    case 'array':
      if (!Array.isArray(value)) return [`${at}: is no list`];
      return value.flatMap((one, index) => problemsOfValue(one, type.element, `${at}[${index}]`));
    case 'map':
      if (!isObject(value)) return [`${at}: is no object`];
      return Object.entries(value).flatMap(([key, one]) =>
        problemsOfValue(one, type.element, `${at}.${key}`),
      );
    case 'string':
    case 'integer':
      return problemsOfWord(value, type, at);
    case 'number':
      return Number.isFinite(Number(value)) ? [] : [`${at}: is no number`];
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false'
        ? []
        : [`${at}: is no boolean`];
    default:
      return [];
  }
}

function problemsOfWord(
  value: unknown,
  { type, allowedValues }: Extract<PropertyType, { type: 'string' | 'integer' }>,
  at: string,
): string[] {
  if (isObject(value) || Array.isArray(value)) return [`${at}: is no ${type}`];
  if (type === 'integer' && !Number.isInteger(Number(value))) return [`${at}: is no integer`];
  const allowed = (allowedValues ?? []).map(String);
  if (allowed.length > 0 && !allowed.includes(String(value)))
    return [`${at}: ${String(value)} is none of ${allowed.join(', ')}`];
  return [];
}
