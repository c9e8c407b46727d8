import { LocalCloudError } from '../errors.ts';
import { asText, isObject, type Json, type JsonObject } from '../json.ts';

/** What an intrinsic may ask about the stack that it stands in. */
export interface Scope {
  /** Where we are, for messages: stack and logical id. */
  readonly place: string;
  ref(name: string): Json;
  attribute(logicalId: string, attribute: string): Json;
  importValue(name: string): Json;
  stackOutput(stackName: string, outputName: string): Json;
  mapping(map: string, first: string, second: string): Json;
  condition(name: string): boolean;
}

type Intrinsic = (argument: Json, scope: Scope) => Json;

/** Resolves every intrinsic inside a value; properties that become `AWS::NoValue` disappear. */
export function resolveIntrinsics(value: Json, scope: Scope): Json {
  if (Array.isArray(value)) {
    return value.map((item) => resolveIntrinsics(item, scope)).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    const intrinsic = INTRINSICS[name];
    if (!intrinsic) throw unknownIntrinsic(name, scope);
    return intrinsic(value[name], scope);
  }
  const resolved: JsonObject = {};
  for (const key of keys) {
    if (key.startsWith('Fn::')) throw unknownIntrinsic(key, scope);
    const item = resolveIntrinsics(value[key], scope);
    if (item !== undefined) resolved[key] = item;
  }
  return resolved;
}

/** Evaluates what stands in a template's `Conditions`. */
export function evaluateCondition(value: Json, scope: Scope): boolean {
  const [name, ...others] = isObject(value) ? Object.keys(value) : [];
  if (!isObject(value) || name === undefined || others.length > 0) {
    throw malformed('Conditions', scope, 'a condition is one intrinsic');
  }
  const items = (): Json[] => list(name, value[name], scope);
  switch (name) {
    case 'Condition':
      return scope.condition(text(name, value[name], scope));
    case 'Fn::And':
      return items().every((item) => evaluateCondition(item, scope));
    case 'Fn::Or':
      return items().some((item) => evaluateCondition(item, scope));
    case 'Fn::Not':
      return !evaluateCondition(items()[0], scope);
    case 'Fn::Equals': {
      const [left, right] = items().map((item) => JSON.stringify(resolveIntrinsics(item, scope)));
      return left === right;
    }
    default:
      throw unknownIntrinsic(name, scope);
  }
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(text('Ref', argument, scope)),
  'Fn::GetAtt': (argument, scope) => {
    const whole = asText(argument);
    const [logicalId, ...attribute] =
      whole === undefined ? list('Fn::GetAtt', argument, scope) : whole.split('.');
    return scope.attribute(text('Fn::GetAtt', logicalId, scope), attribute.map(String).join('.'));
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, items] = list('Fn::Join', argument, scope);
    return list('Fn::Join', resolveIntrinsics(items, scope), scope)
      .map(String)
      .join(text('Fn::Join', delimiter, scope));
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = list('Fn::Split', argument, scope);
    return text('Fn::Split', resolveIntrinsics(source, scope), scope).split(
      text('Fn::Split', delimiter, scope),
    );
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list('Fn::Select', argument, scope).map((item) => resolveIntrinsics(item, scope));
    const chosen = list('Fn::Select', items, scope)[Number(index)];
    if (chosen === undefined) throw malformed('Fn::Select', scope, `there is no item ${String(index)}`);
    return chosen;
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] =
      typeof argument === 'string' ? [argument] : list('Fn::Sub', argument, scope);
    return substitute(text('Fn::Sub', template, scope), isObject(variables) ? variables : {}, scope);
  },
  'Fn::ImportValue': (argument, scope) =>
    scope.importValue(text('Fn::ImportValue', resolveIntrinsics(argument, scope), scope)),
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName, Region, RoleArn } = isObject(argument) ? argument : {};
    if (Region !== undefined || RoleArn !== undefined) {
      throw malformed('Fn::GetStackOutput', scope, 'only stacks of the same region and account can run here');
    }
    return scope.stackOutput(
      text('Fn::GetStackOutput', StackName, scope),
      text('Fn::GetStackOutput', OutputName, scope),
    );
  },
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list('Fn::If', argument, scope);
    const chosen = scope.condition(text('Fn::If', condition, scope)) ? whenTrue : whenFalse;
    return resolveIntrinsics(chosen, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list('Fn::FindInMap', argument, scope).map((item) =>
      text('Fn::FindInMap', resolveIntrinsics(item, scope), scope),
    );
    return scope.mapping(map ?? '', first ?? '', second ?? '');
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text('Fn::Base64', resolveIntrinsics(argument, scope), scope)).toString('base64'),
};

function substitute(template: string, variables: JsonObject, scope: Scope): string {
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (name in variables) return String(resolveIntrinsics(variables[name], scope));
    const [logicalId = '', ...attribute] = name.split('.');
    const value = attribute.length === 0 ? scope.ref(name) : scope.attribute(logicalId, attribute.join('.'));
    return String(value);
  });
}

function list(name: string, value: Json, scope: Scope): Json[] {
  if (!Array.isArray(value)) throw malformed(name, scope, 'it takes a list');
  return value;
}

function text(name: string, value: Json, scope: Scope): string {
  if (typeof value !== 'string') throw malformed(name, scope, `${JSON.stringify(value)} should be text`);
  return value;
}

function unknownIntrinsic(name: string, scope: Scope): LocalCloudError {
  return new LocalCloudError(
    'unknown-intrinsic',
    `${scope.place} uses ${name}, which the local cloud cannot evaluate. Nothing may run here in another way than it is ` +
      'deployed: implement it in local/cloud/template/intrinsics.ts, or keep it out of the app.',
  );
}

function malformed(name: string, scope: Scope, why: string): LocalCloudError {
  return new LocalCloudError(
    'unknown-intrinsic',
    `${scope.place} uses ${name} in a form that the local cloud does not know: ${why}. Look at it in the template and, ` +
      'if CloudFormation accepts it, teach it to local/cloud/template/intrinsics.ts.',
  );
}
