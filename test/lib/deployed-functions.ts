import * as z from 'zod';
import type { Job } from '../../functions/runtime/environment.ts';
import { demo, flatten, resourcesOf, type SynthesizedStack, stacksOf } from './assembly.ts';

/** The templates of the demo. */
export const stacks = stacksOf(demo);
const functionSchema = z.looseObject({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown().transform(flatten)) }),
  Role: z.unknown().transform(flatten),
  LoggingConfig: z.object({
    LogGroup: z.unknown().transform(flatten),
    LogFormat: z.string(),
    SystemLogLevel: z.string().optional(),
  }),
  RecursiveLoop: z.string().optional(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  MemorySize: z.number(),
  Timeout: z.number(),
});
/** The job of each function, by the id of its construct. */
const JOBS: Readonly<Record<string, Job>> = {
  Receiver: 'receive',
  Poller: 'poll',
  Consumer: 'process',
  Reconciler: 'reconcile',
  Installer: 'install',
  Dispatcher: 'dispatch',
  Publisher: 'publish',
  Api: 'api',
  Deliverer: 'deliver',
  Sweeper: 'sweep',
  Teller: 'tell',
  Tracker: 'track',
  Comparer: 'compare',
};
const LOGICAL_ID = new RegExp(`^([A-Z][a-z]+)\\w*?(${Object.keys(JOBS).join('|')})Function[0-9A-F]{8}$`);
export const functionsIn = (all: readonly SynthesizedStack[]) =>
  resourcesOf(all, 'AWS::Lambda::Function').map((one) => {
    const properties = functionSchema.parse(one.Properties);
    const { Variables } = properties.Environment;
    const [, owner = '', construct = ''] = LOGICAL_ID.exec(one.id) ?? [];
    const job = JOBS[construct]!;
    return { ...properties, Variables, name: `${owner.toLowerCase()}-${job}`, job };
  });
/** The demo's. */
export const functions = functionsIn(stacks);
const statementSchema = z.object({
  Sid: z.string().optional(),
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.union([
    z.array(z.unknown().transform(flatten)),
    z.unknown().transform((one) => [flatten(one)]),
  ]),
  Condition: z
    .strictObject({
      'ForAllValues:StringLike': z.strictObject({ 'dynamodb:LeadingKeys': z.array(z.string()) }),
      Null: z.strictObject({ 'dynamodb:LeadingKeys': z.literal('false') }),
    })
    .transform((one) => one['ForAllValues:StringLike']['dynamodb:LeadingKeys'])
    .optional(),
});

/** A resource without the parts that the CDK makes up: `.Arn`, hashes, and the export it came through. */
export const short = (resource: string): string =>
  resource
    .replace(/^Acopio-demo-Data:ExportsOutput(Ref|FnGetAtt)/, '')
    .replace(/Arn[0-9A-F]{8}(?=$|\/)|\.Arn$/, '')
    .replace(/[0-9A-F]{8}([0-9A-F]{8})?(?=$|\/)/, '')
    .replace(/^Secrets|Table(?=$|\/)/, '');

export const statementsOf = (role: string) =>
  resourcesOf(stacks, 'AWS::IAM::Policy')
    .filter((one) => JSON.stringify(one.Properties.Roles).includes(`"${role.replace(/\.Arn$/, '')}"`))
    .flatMap(
      ({ Properties }) =>
        z.object({ Statement: z.array(statementSchema) }).parse(Properties.PolicyDocument).Statement,
    );

/** What a statement is about: a resource, of a table with the partitions that it is let at. */
export const targetsOf = ({ Resource, Condition }: z.output<typeof statementSchema>): string[] =>
  Resource.map((resource) => [short(resource), ...(Condition ?? [])].join(' '));

/** Everything a role may do, as `action resource partitions`, beyond writing its own logs. */
export const permissionsOf = (role: string): string[] =>
  statementsOf(role)
    .flatMap((statement) =>
      statement.Action.flatMap((action) => targetsOf(statement).map((target) => `${action} ${target}`)),
    )
    .sort();
