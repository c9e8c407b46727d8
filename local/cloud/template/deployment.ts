import type { StackTemplate } from '../assembly/read-assembly.ts';
import { LocalCloudError } from '../errors.ts';
import { asObject, isObject, type Json, type JsonObject } from '../json.ts';
import { IDENTITIES, type Identity, type Placement, uuidOf } from './identity.ts';
import { evaluateCondition, resolveIntrinsics, type Scope } from './intrinsics.ts';

export interface Resource {
  readonly stack: StackTemplate;
  readonly logicalId: string;
  /** Construct path, or `stack/logicalId` when the assembly has none. */
  readonly path: string;
  readonly type: string;
  /** Stack, logical id and path, for messages. */
  readonly place: string;
}

/** The stacks of one assembly with every reference resolved: what CloudFormation would have made of them. */
export interface Deployment {
  readonly resources: readonly Resource[];
  /** The resolved properties of a resource. */
  properties(resource: Resource): JsonObject;
  /** What `Ref` and `Fn::GetAtt` of a resource give. */
  identity(resource: Resource): Identity;
  /** Resolved outputs; exports that CDK made for itself are left out. A name of several stacks becomes `stack.name`. */
  outputs(): Record<string, string>;
}

/** @throws LocalCloudError for anything in the templates that the local cloud does not know. */
export function createDeployment(stacks: readonly StackTemplate[], placement: Placement): Deployment {
  const exports = new Map<string, { stack: StackTemplate; value: Json }>();
  const identities = new Map<string, Identity>();
  const properties = new Map<Resource, JsonObject>();
  const executeApi = new RegExp(
    `https://([0-9a-f]{10})\\.execute-api\\.${placement.region}\\.amazonaws\\.com`,
    'g',
  );
  const resources = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, { Condition }]) => Condition === undefined || conditionOf(stack, Condition))
      .map(([logicalId, { Type }]) => ({
        stack,
        logicalId,
        path: (stack.paths.get(logicalId) ?? `${stack.name}/${logicalId}`).replace(/\/Resource$/, ''),
        type: Type,
        place: `${logicalId} (${Type}) of stack ${stack.name}`,
      })),
  );
  for (const stack of stacks) {
    const scope = scopeOf(stack, 'Outputs');
    for (const output of Object.values(stack.template.Outputs)) {
      if (!output.Export) continue;
      exports.set(String(resolveIntrinsics(output.Export.Name, scope)), { stack, value: output.Value });
    }
  }

  function conditionOf(stack: StackTemplate, name: string): boolean {
    if (!(name in stack.template.Conditions)) {
      throw unresolved(`Conditions of stack ${stack.name}`, `condition ${name}`);
    }
    return evaluateCondition(stack.template.Conditions[name], scopeOf(stack, 'Conditions'));
  }

  /** Templates write an API's address out by hand; here it is another one. */
  const localAddresses = (value: Json): Json => {
    if (typeof value === 'string')
      return value.replace(executeApi, (_, id: string) => placement.urlOfApi(id));
    if (Array.isArray(value)) return value.map(localAddresses);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, localAddresses(item)]));
  };

  function scopeOf(stack: StackTemplate, place: string): Scope {
    return {
      place,
      ref(name) {
        if (name in stack.template.Resources) return identityOf(stack, name, place).ref;
        if (name in stack.template.Parameters) return parameterOf(stack, name);
        return pseudoParameter(stack, name, placement, place);
      },
      attribute(logicalId, attribute) {
        const value = identityOf(stack, logicalId, place).attributes[attribute];
        if (value !== undefined) return value;
        const type = stack.template.Resources[logicalId]?.Type;
        throw new LocalCloudError(
          'unknown-attribute',
          `${place} of stack ${stack.name} asks for ${logicalId}.${attribute}, and the local cloud does not know ` +
            `attribute ${attribute} of ${type}. Add it in local/cloud/template/identity.ts.`,
        );
      },
      importValue(name) {
        const found = exports.get(name);
        if (!found) throw unresolved(place, `the export ${name}`);
        return resolveIntrinsics(found.value, scopeOf(found.stack, `export ${name}`));
      },
      stackOutput(stackName, outputName) {
        const other = stacks.find(({ name }) => name === stackName);
        const output = other?.template.Outputs[outputName];
        if (!other || !output) throw unresolved(place, `output ${outputName} of stack ${stackName}`);
        return resolveIntrinsics(output.Value, scopeOf(other, `output ${outputName}`));
      },
      mapping(map, first, second) {
        const value = asObject(asObject(stack.template.Mappings[map])[first])[second];
        if (value === undefined) throw unresolved(place, `mapping ${map}.${first}.${second}`);
        return value;
      },
      condition: (name) => conditionOf(stack, name),
    };
  }

  function identityOf(stack: StackTemplate, logicalId: string, place: string): Identity {
    const key = `${stack.name}/${logicalId}`;
    const known = identities.get(key);
    if (known) return known;
    const resource = stack.template.Resources[logicalId];
    if (!resource) throw unresolved(place, `resource ${logicalId} of stack ${stack.name}`);
    const identify = IDENTITIES[resource.Type];
    if (!identify) throw unknownType(resource.Type, `${logicalId} of stack ${stack.name}`);
    const scope = scopeOf(stack, logicalId);
    const property = (name: string): Json => resolveIntrinsics(resource.Properties[name], scope);
    const identity = identify({ stack: stack.name, logicalId, property }, placement);
    identities.set(key, identity);
    return identity;
  }

  return {
    resources,
    identity: ({ stack, logicalId }) => identityOf(stack, logicalId, logicalId),
    properties(resource) {
      const known = properties.get(resource);
      if (known) return known;
      const raw = resource.stack.template.Resources[resource.logicalId]?.Properties ?? {};
      const resolved = asObject(
        localAddresses(resolveIntrinsics(raw, scopeOf(resource.stack, resource.place))),
      );
      properties.set(resource, resolved);
      return resolved;
    },
    outputs() {
      const found = stacks.flatMap((stack) =>
        Object.entries(stack.template.Outputs)
          .filter(([, { Export, Condition }]) => !Export && (!Condition || conditionOf(stack, Condition)))
          .map(([id, { Value }]) => ({ stack, id, Value })),
      );
      const all: Record<string, string> = {};
      for (const { stack, id, Value } of found) {
        const shared = found.filter((other) => other.id === id).length > 1;
        const value = localAddresses(resolveIntrinsics(Value, scopeOf(stack, `output ${id}`)));
        all[shared ? `${stack.name}.${id}` : id] = String(value);
      }
      return all;
    },
  };
}

function parameterOf(stack: StackTemplate, name: string): Json {
  const { Type, Default } = stack.template.Parameters[name] ?? {};
  // The age of the bootstrap stack is the one thing that CDK reads from Parameter Store; no bucket is needed here.
  if (Type === 'AWS::SSM::Parameter::Value<String>' && name === 'BootstrapVersion') return '99';
  if (Type?.startsWith('AWS::SSM::') || Default === undefined) {
    throw unresolved(
      `Parameters of stack ${stack.name}`,
      `a value for parameter ${name}, which has no default`,
    );
  }
  return Default;
}

function pseudoParameter(stack: StackTemplate, name: string, placement: Placement, place: string): Json {
  switch (name) {
    case 'AWS::AccountId':
      return placement.account;
    case 'AWS::Region':
      return placement.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${placement.region}:${placement.account}:stack/${stack.name}/${uuidOf(stack.name)}`;
    case 'AWS::NoValue':
      return undefined;
    default:
      throw unresolved(place, `Ref ${name}`);
  }
}

export function unknownType(type: string, where: string): LocalCloudError {
  return new LocalCloudError(
    'unknown-resource-type',
    `The local cloud does not know the resource type ${type}, and ${where} needs it. Either teach it in ` +
      'local/cloud/resources/ and local/cloud/template/identity.ts, or, when it has no effect on what functions do, ' +
      'put it on the list in local/cloud/resources/without-effect.ts with the reason.',
  );
}

function unresolved(place: string, what: string): LocalCloudError {
  return new LocalCloudError(
    'unresolved-reference',
    `${place} refers to ${what}, which no stack of the assembly has. Synthesize the whole app again; if it still fails, ` +
      'the reference points outside the app and cannot run locally.',
  );
}
