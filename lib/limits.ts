import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';
import { channelsOf, type Merchant } from '../config/merchant.ts';
import { pascal } from '../config/output-names.ts';
import { DeployError } from './deploy-error.ts';

/**
 * Limits of AWS that a merchant's configuration can reach. CloudFormation notices them in the middle of a deployment, and
 * says nothing of the configuration; here they are found when the templates are made.
 *
 * Sources: the quotas pages of CloudFormation, Lambda, IAM, CloudWatch, EventBridge Scheduler, API Gateway and Secrets
 * Manager.
 */

type Properties = Readonly<Record<string, unknown>>;

interface Limit {
  /** What is limited, in words. */
  readonly what: string;
  readonly most: number;
  readonly unit: 'bytes' | 'characters' | 'seconds' | 'entries';
  readonly measure: (properties: Properties) => number;
  /** Which keys of the merchant's configuration it grows with. */
  readonly keys: readonly Key[];
}

/** `stores`: the list of stores of the platform that the resource belongs to. */
type Key = 'name' | 'runbookUrl' | 'stores' | 'windows';

const text = (most: number, property: string, ...keys: Key[]): Limit => ({
  what: property,
  most,
  unit: 'characters',
  measure: (properties) => sizeOf(properties[property]),
  keys,
});

const windowSchema = z.looseObject({ Period: z.number(), EvaluationPeriods: z.number() });
const variablesSchema = z.object({ Variables: z.record(z.string(), z.unknown()) });
const DAY_S = 86_400;

const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  'AWS::Lambda::Function': [
    {
      what: 'all variables of its environment together',
      most: 4096,
      unit: 'bytes',
      measure: ({ Environment }) => {
        const variables = Object.entries(variablesSchema.parse(Environment).Variables);
        return variables.reduce((sum, [name, value]) => sum + name.length + sizeOf(value), 0);
      },
      keys: ['stores'],
    },
    text(256, 'Description', 'stores'),
  ],
  // Of a role; each role has one policy.
  'AWS::IAM::Policy': [text(10_240, 'PolicyDocument', 'stores')],
  'AWS::IAM::ManagedPolicy': [text(6144, 'PolicyDocument', 'stores', 'name')],
  'AWS::CloudWatch::Alarm': [
    text(255, 'AlarmName', 'name'),
    text(1024, 'AlarmDescription', 'runbookUrl', 'name'),
    {
      what: 'the time it looks back',
      most: 7 * DAY_S,
      unit: 'seconds',
      measure: (properties) => {
        const { Period, EvaluationPeriods } = windowSchema.parse(properties);
        // Below an hour a period may only look back one day.
        return Period * EvaluationPeriods * (Period < 3600 ? 7 : 1);
      },
      keys: ['windows', 'stores'],
    },
  ],
  'AWS::CloudWatch::CompositeAlarm': [
    text(255, 'AlarmName', 'name'),
    text(1024, 'AlarmDescription', 'runbookUrl', 'name'),
    text(10_240, 'AlarmRule', 'stores', 'name'),
    {
      what: 'the alarms in its rule',
      most: 100,
      unit: 'entries',
      measure: ({ AlarmRule }) => JSON.stringify(AlarmRule).split('"Fn::GetAtt"').length - 1,
      keys: ['stores'],
    },
  ],
  'AWS::CloudWatch::Dashboard': [
    text(255, 'DashboardName', 'name'),
    {
      what: 'its widgets',
      most: 500,
      unit: 'entries',
      measure: ({ DashboardBody }) => JSON.stringify(DashboardBody).split('\\"type\\":\\"').length - 1,
      keys: ['stores'],
    },
  ],
  'AWS::Scheduler::Schedule': [text(512, 'Description', 'stores')],
  'AWS::SecretsManager::Secret': [text(2048, 'Description', 'stores')],
  'AWS::ApiGatewayV2::Api': [text(128, 'Name', 'name'), text(1024, 'Description', 'name')],
};

/** Limits of one template: what, most, how much. */
const ofTemplate = (stack: CloudFormationStackArtifact, { Resources, Outputs, Description }: Template) => {
  const outputs = Object.entries(Outputs);
  const types = Object.values(Resources).map(({ Type }) => Type);
  const count = (type: string) => types.filter((one) => one === type).length;
  const each = (what: string, most: number, measure: (output: Template['Outputs'][string]) => unknown) =>
    outputs.map(([key, output]) => [`${what} of output ${key}`, most, sizeOf(measure(output))] as const);
  return [
    ['the name of the stack', 128, stack.stackName.length],
    ['its description', 1024, sizeOf(Description)],
    ['its resources', 500, types.length],
    ['its template, in bytes', 1_000_000, JSON.stringify(stack.template).length],
    ['its outputs', 200, outputs.length],
    ['the routes of its API', 300, count('AWS::ApiGatewayV2::Route')],
    ...outputs.map(([key]) => [`the name of output ${key}`, 255, key.length] as const),
    ...each('the value', 1024, ({ Value }) => Value),
    ...each('the description', 1024, ({ Description: said }) => said),
    ...each('the exported name', 255, ({ Export: exported }) => exported?.Name),
  ] as const;
};

const templateSchema = z.looseObject({
  Description: z.string().default(''),
  Resources: z
    .record(
      z.string(),
      z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
    )
    .default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: z.unknown(),
        Description: z.string().optional(),
        Export: z.looseObject({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});
type Template = z.output<typeof templateSchema>;

/**
 * Holds the templates of a merchant to AWS's limits.
 *
 * @throws DeployError with a line for each limit that is exceeded, which names the keys of the configuration behind it
 */
export function checkLimits(stacks: readonly CloudFormationStackArtifact[], merchant: Merchant): void {
  const problems = stacks.flatMap((stack) => {
    const template = templateSchema.parse(stack.template);
    const exceeded = ofTemplate(stack, template).filter(([, most, found]) => found > most);
    const ofResources = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
      (LIMITS[Type] ?? []).flatMap((limit) => {
        const found = limit.measure(Properties);
        if (found <= limit.most) return [];
        const keys = limit.keys.map((key) => keyOf(key, id, merchant)).join(', ');
        return [
          line(`${id} of ${stack.stackName}: ${limit.what}`, found, limit.most, ` ${limit.unit}`, keys),
        ];
      }),
    );
    const keys = storeLists(merchant)
      .map(({ said }) => said)
      .join(', ');
    return [
      ...exceeded.map(([what, most, found]) => line(`${stack.stackName}: ${what}`, found, most, '', keys)),
      ...ofResources,
    ];
  });
  if (problems.length === 0) return;
  throw new DeployError(
    `the configuration of ${merchant.name} needs more than AWS allows:\n${[...new Set(problems)].join('\n')}\n` +
      'Shorten what the keys name, or divide the stores among several merchants.',
  );
}

const line = (what: string, found: number, most: number, unit: string, keys: string): string =>
  `  - ${what}: ${found.toLocaleString('en-US')}, and AWS takes at most ${most.toLocaleString('en-US')}${unit} (${keys})`;

function keyOf(key: Key, id: string, merchant: Merchant): string {
  if (key === 'windows') return 'webhookQuietHours';
  if (key !== 'stores') return key;
  const lists = storeLists(merchant);
  const own = lists.filter(({ prefix }) => id.includes(prefix));
  return (own.length === 0 ? lists : own).map(({ said }) => said).join(', ');
}

/** Each platform's list of stores, as the configuration names it, and what the ids of the platform's resources begin with. */
function storeLists(merchant: Merchant): { said: string; prefix: string }[] {
  return channelsOf(merchant).map(({ platform: { name }, settings, stores }) => {
    const list = Object.entries(z.looseObject({}).parse(settings)).find(
      ([, value]) => Array.isArray(value) && value.length === stores.length,
    );
    const key = ['platforms', name, ...(list === undefined ? [] : [list[0]])].join('.');
    return { said: `${key} has ${stores.length}`, prefix: pascal(name) };
  });
}

/**
 * How long a value of a template is going to be, in characters. What is only known when it is deployed is taken at its
 * longest: names that CloudFormation makes are `<stack>-<logical id>-<12 or 13 characters>`, and an ARN has up to 60 before that.
 */
const LONGEST_STACK_NAME = 'Acopio--Integration'.length + 31;
const MADE_UP = 14;
const ARN = 60;
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Region': 14,
  'AWS::Partition': 6,
  'AWS::URLSuffix': 16,
};

const join = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const reference = z.strictObject({ Ref: z.string() });
const attribute = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const imported = z.strictObject({ 'Fn::ImportValue': z.string() });

/** The length of a value; of an object, as JSON. */
export function sizeOf(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const known = intrinsic(value);
  if (known !== undefined) return known;
  const entries = Object.entries(value);
  const separators = 2 + Math.max(0, entries.length - 1);
  if (Array.isArray(value)) return entries.reduce((sum, [, one]) => sum + sizeOf(one) + 2, separators);
  return entries.reduce((sum, [name, one]) => sum + name.length + 5 + sizeOf(one), separators);
}

function intrinsic(value: object): number | undefined {
  const joined = join.safeParse(value);
  if (joined.success) {
    const [by, parts] = joined.data['Fn::Join'];
    return parts.reduce<number>((sum, part) => sum + sizeOf(part), by.length * Math.max(0, parts.length - 1));
  }
  const ref = reference.safeParse(value);
  if (ref.success) return PSEUDO[ref.data.Ref] ?? LONGEST_STACK_NAME + ref.data.Ref.length + MADE_UP;
  const got = attribute.safeParse(value);
  if (got.success) return ARN + LONGEST_STACK_NAME + got.data['Fn::GetAtt'][0].length + MADE_UP;
  const from = imported.safeParse(value);
  // The export is named after the resource's logical id and a hash; a secret's ARN has no stack's name in it.
  if (from.success)
    return ARN + from.data['Fn::ImportValue'].replace(/^.*ExportsOutput(Ref|FnGetAtt)/, '').length + MADE_UP;
  // Whatever else there is cuts something out of an ARN.
  return Object.keys(value).some((key) => key.startsWith('Fn::')) ? ARN + LONGEST_STACK_NAME : undefined;
}
