import * as z from 'zod';
import type { Resource, SynthesizedStack } from './assembly.ts';
import { replacing } from './resource-schemas.ts';

/**
 * As much of CloudFormation and of the CDK's program as decides whether a deployment goes through: the order of creation,
 * what a rollback takes back, deletion policies, protection, names that are taken, exports in use, and alarms that a
 * composite alarm names. Sources: CloudFormation's user guide ("DeletionPolicy attribute", "Exporting stack output values",
 * "Protecting stacks from being deleted"), CloudWatch's "Creating a composite alarm", the CDK's `deploy-stack.ts`.
 */

/** AWS refused: what stands above it says what became of the stack. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

interface Existing extends Resource {
  /** Unique among all that was ever created. */
  readonly physicalId: string;
  readonly stack: string;
}

interface Stack {
  status: string;
  isProtected: boolean;
  template: SynthesizedStack;
}

/** Properties that are names within the account and region, by type. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Events::EventBus': 'Name',
};
const ALARMS = new Set(['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']);

/** One account in one region. */
export class Account {
  readonly stacks = new Map<string, Stack>();
  existing: Existing[] = [];
  /** Which resources cannot be created now. */
  fails: (stack: string, resource: Resource) => boolean = () => false;
  private serial = 0;

  /** What `cdk deploy` does with one stack. @throws Refused */
  deploy(template: SynthesizedStack): void {
    const known = this.stacks.get(template.name);
    // The CDK's program removes a create that failed before it tries again.
    if (known !== undefined && /^ROLLBACK_|^CREATE_FAILED/.test(known.status)) this.destroy(template.name);
    const stack = this.stacks.get(template.name);
    if (stack !== undefined) {
      stack.isProtected = template.terminationProtection;
      this.update(stack, template);
      return;
    }
    const made = { status: 'REVIEW_IN_PROGRESS', isProtected: template.terminationProtection, template };
    // Before anything of it is there: this is what the CDK's program does.
    this.stacks.set(template.name, made);
    this.create(made, template);
  }

  /** What `cdk destroy` does with one stack. @throws Refused */
  destroy(name: string): void {
    const stack = this.stacks.get(name);
    if (stack === undefined) return;
    if (stack.isProtected) throw new Refused(`${name} is protected from termination`);
    for (const exported of exportsOf(stack.template)) this.refuseIfImported(exported, name);
    for (const resource of this.of(name).reverse()) {
      if (resource.DeletionPolicy?.startsWith('Retain')) this.orphan(resource);
      else this.remove(resource);
    }
    this.stacks.delete(name);
  }

  /** Everything of a stack, in the order of its creation. */
  of(stack: string): Existing[] {
    return this.existing.filter((one) => one.stack === stack);
  }

  /** What belongs to no stack any more. */
  get orphans(): Existing[] {
    return this.existing.filter(({ stack }) => stack === '');
  }

  private create(stack: Stack, template: SynthesizedStack): void {
    try {
      this.refuseUnknownImports(template);
      for (const resource of inOrder(template)) this.add(template.name, resource);
      stack.status = 'CREATE_COMPLETE';
    } catch (error) {
      stack.status = 'ROLLBACK_COMPLETE';
      for (const resource of this.of(template.name).reverse()) {
        if (resource.DeletionPolicy === 'Retain') this.orphan(resource);
        else if (resource.Properties.DeletionProtectionEnabled === true) stack.status = 'ROLLBACK_FAILED';
        else this.remove(resource);
      }
      throw error;
    }
  }

  private update(stack: Stack, template: SynthesizedStack): void {
    const before = exportsOf(stack.template);
    const after = exportsOf(template);
    for (const name of before) if (!after.includes(name)) this.refuseIfImported(name, template.name);
    this.refuseUnknownImports(template);
    const gone: string[] = [];
    for (const resource of inOrder(template)) {
      const old = this.of(template.name).find(({ id }) => id === resource.id);
      if (old === undefined) this.add(template.name, resource);
      else if (this.isReplaced(old, resource)) {
        // The new one is made beside the old one, which goes, or stays alone, when everything is updated.
        this.existing = this.existing.map((one) => (one === old ? { ...one, stack: '' } : one));
        this.add(template.name, resource);
        if (old.UpdateReplacePolicy !== 'Retain') gone.push(old.physicalId);
      } else this.existing = this.existing.map((one) => (one === old ? { ...old, ...resource } : one));
    }
    // Only now, after everything else was updated.
    const ids = new Set(template.resources.map(({ id }) => id));
    for (const resource of this.of(template.name).reverse()) {
      if (ids.has(resource.id)) continue;
      if (resource.DeletionPolicy?.startsWith('Retain')) this.orphan(resource);
      else this.remove(resource);
    }
    for (const resource of this.existing) if (gone.includes(resource.physicalId)) this.remove(resource);
    stack.template = template;
    stack.status = 'UPDATE_COMPLETE';
  }

  private isReplaced(old: Resource, { Type, Properties }: Resource): boolean {
    const changed = (name: string) =>
      JSON.stringify(old.Properties[name]) !== JSON.stringify(Properties[name]);
    return old.Type !== Type || [...replacing(Type)].some(changed);
  }

  private add(stack: string, resource: Resource): void {
    if (this.fails(stack, resource)) throw new Refused(`${resource.id} of ${stack} could not be created`);
    const property = NAMES[resource.Type];
    const name = property === undefined ? undefined : resource.Properties[property];
    const taken = this.existing.some(
      (one) => name !== undefined && one.Type === resource.Type && one.Properties[property ?? ''] === name,
    );
    if (taken) throw new Refused(`${String(name)} already exists`);
    this.serial += 1;
    this.existing.push({ ...resource, stack, physicalId: `${resource.id}-${this.serial}` });
  }

  private remove(resource: Existing): void {
    if (ALARMS.has(resource.Type)) this.refuseIfNamed(resource);
    this.existing = this.existing.filter((one) => one !== resource);
  }

  private orphan(resource: Existing): void {
    this.existing = this.existing.map((one) => (one === resource ? { ...one, stack: '' } : one));
  }

  /** CloudWatch deletes no alarm that is in the rule of a composite alarm. */
  private refuseIfNamed({ id, stack, Properties }: Existing): void {
    const byName = `alarm:${String(Properties.AlarmName)}`;
    for (const { Type, Properties: composite, stack: other } of this.existing) {
      if (Type !== 'AWS::CloudWatch::CompositeAlarm') continue;
      const rule = JSON.stringify(composite.AlarmRule);
      const names = (stack === other && rule.includes(`"${id}"`)) || rule.includes(byName);
      if (names) throw new Refused(`${id} is part of the composite alarm ${String(composite.AlarmName)}`);
    }
  }

  private refuseIfImported(name: string, by: string): void {
    for (const [importer, { template }] of this.stacks)
      if (importer !== by && importsOf(template).includes(name))
        throw new Refused(`export ${name} cannot be deleted as it is in use by ${importer}`);
  }

  private refuseUnknownImports(template: SynthesizedStack): void {
    const known = new Set([...this.stacks.values()].flatMap((one) => exportsOf(one.template)));
    for (const name of importsOf(template))
      if (!known.has(name)) throw new Refused(`no export named ${name} found`);
  }
}

export const exportsOf = ({ outputs }: SynthesizedStack): string[] =>
  outputs.flatMap(({ Export: exported }) => exported?.Name ?? []);

const importsOf = ({ resources, outputs }: SynthesizedStack): string[] => [
  ...new Set(
    [...JSON.stringify([resources, outputs]).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].flatMap(
      ([, name]) => name ?? [],
    ),
  ),
];

/** A template's resources, each after those that it refers to. */
function inOrder({ resources }: SynthesizedStack): Resource[] {
  const byId = new Map(resources.map((one) => [one.id, one]));
  const done = new Set<string>();
  const order: Resource[] = [];
  const visit = (resource: Resource): void => {
    if (done.has(resource.id)) return;
    done.add(resource.id);
    for (const id of referencesOf(resource)) {
      const other = byId.get(id);
      if (other !== undefined) visit(other);
    }
    order.push(resource);
  };
  for (const resource of resources) visit(resource);
  return order;
}

const attribute = z.tuple([z.string(), z.string()]);

function referencesOf({ Properties, DependsOn }: Resource): string[] {
  const found = [...DependsOn];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      if (key === 'Ref' && typeof one === 'string') found.push(one);
      const got = key === 'Fn::GetAtt' ? attribute.safeParse(one) : undefined;
      if (got?.success) found.push(got.data[0]);
      else walk(one);
    }
  };
  walk(Properties);
  return found;
}
