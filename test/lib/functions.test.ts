import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ENVIRONMENTS, type FunctionName } from '../../functions/runtime/environments.ts';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const functionSchema = z.looseObject({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown().transform(flatten)) }),
  Role: z.unknown().transform(flatten),
  LoggingConfig: z.object({ LogGroup: z.unknown().transform(flatten), LogFormat: z.string() }),
  MemorySize: z.number(),
  Timeout: z.number(),
});
const functions = resourcesOf(stacks, 'AWS::Lambda::Function').map((one) => {
  const properties = functionSchema.parse(one.Properties);
  return { ...properties, name: properties.Environment.Variables.POWERTOOLS_SERVICE_NAME as FunctionName };
});
const statementSchema = z.object({
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.union([
    z.array(z.unknown().transform(flatten)),
    z.unknown().transform((one) => [flatten(one)]),
  ]),
  Condition: z.undefined().optional(),
});

/** A resource without the parts that the CDK makes up: `.Arn`, hashes, and the export it came through. */
const short = (resource: string): string =>
  resource
    .replace(/^Acopio-demo-Data:ExportsOutput(Ref|FnGetAtt)/, '')
    .replace(/Arn[0-9A-F]{8}(?=$|\/)|\.Arn$/, '')
    .replace(/[0-9A-F]{8}([0-9A-F]{8})?(?=$|\/)/, '')
    .replace(/^Secrets|Table(?=$|\/)/, '');

/** Everything a role may do, as `action resource`, beyond writing its own logs and traces. */
function permissionsOf(role: string): string[] {
  return resourcesOf(stacks, 'AWS::IAM::Policy')
    .filter((one) => JSON.stringify(one.Properties.Roles).includes(`"${role.replace(/\.Arn$/, '')}"`))
    .flatMap(({ Properties }) => {
      const document = z.object({ Statement: z.array(statementSchema) }).parse(Properties.PolicyDocument);
      return document.Statement.flatMap(({ Action, Resource }) =>
        Action.flatMap((action) => Resource.map((resource) => `${action} ${short(resource)}`)),
      );
    })
    .sort();
}

const own = (id: string): string[] => [
  `logs:CreateLogStream ${id}Logs`,
  `logs:PutLogEvents ${id}Logs`,
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];
const control = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'].map(
  (one) => `dynamodb:${one} Control`,
);
const recording = ['GetItem', 'PutItem', 'DeleteItem', 'Query'].map((one) => `dynamodb:${one} Orders`);
const consuming = (queue: string): string[] => [
  ...control,
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem'].map(
    (one) => `dynamodb:${one} Orders`,
  ),
  ...[
    'ReceiveMessage',
    'DeleteMessage',
    'ChangeMessageVisibility',
    'GetQueueAttributes',
    'GetQueueUrl',
    'SendMessage',
  ].map((one) => `sqs:${one} ${queue}`),
];
const secret = (name: string): string => `secretsmanager:GetSecretValue ${name}`;

const PERMISSIONS: Record<FunctionName, string[]> = {
  'nuvemshop-webhook': [
    ...own('NuvemshopWebhookReceiver'),
    secret('NuvemshopApp'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-webhook': [
    ...own('PedidosyaWebhookReceiver'),
    secret('PedidosyaWebhook'),
    'sqs:SendMessage PedidosyaOrdersIntakeQueue',
  ],
  'nuvemshop-install': [
    ...own('NuvemshopInstallInstaller'),
    ...control.filter((one) => one !== 'dynamodb:Query Control'),
    secret('NuvemshopApp'),
    'secretsmanager:PutSecretValue NuvemshopStore',
  ],
  'imotriz-poll': [
    ...own('ImotrizPollPoller'),
    ...control,
    secret('ImotrizApi'),
    'sqs:SendMessage ImotrizOrdersIntakeQueue',
  ],
  'nuvemshop-orders': [
    ...own('NuvemshopOrdersConsumer'),
    ...consuming('NuvemshopOrdersIntakeQueue'),
    'dynamodb:Query Orders/index/changes',
    secret('NuvemshopStore'),
  ],
  'pedidosya-orders': [...own('PedidosyaOrdersConsumer'), ...consuming('PedidosyaOrdersIntakeQueue')],
  'imotriz-orders': [...own('ImotrizOrdersConsumer'), ...consuming('ImotrizOrdersIntakeQueue')],
  'nuvemshop-reconcile': [
    ...own('NuvemshopReconcileReconciler'),
    ...control,
    'dynamodb:GetItem Orders',
    secret('NuvemshopStore'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-reconcile': [
    ...own('PedidosyaReconcileReconciler'),
    ...control,
    ...recording,
    secret('PedidosyaApi'),
  ],
  'imotriz-reconcile': [...own('ImotrizReconcileReconciler'), ...control, ...recording, secret('ImotrizApi')],
};

test('every function of the contract is deployed once', () => {
  expect(functions.map((one) => one.name).sort()).toEqual(Object.keys(ENVIRONMENTS).sort());
});

describe.each(functions.map((one) => [one.name, one] as const))('%s', (name, one) => {
  test('may do what it needs and nothing else', () => {
    expect(permissionsOf(one.Role)).toEqual([...PERMISSIONS[name]].sort());
  });

  test('has a role with no managed policy, that Lambda alone may assume', () => {
    const role = resourcesOf(stacks, 'AWS::IAM::Role').find((other) => `${other.id}.Arn` === one.Role);
    expect(Object.keys(role?.Properties ?? {})).toEqual(['AssumeRolePolicyDocument']);
    expect(JSON.stringify(role?.Properties)).toContain('lambda.amazonaws.com');
  });

  test('has the variables of its contract, and no other', () => {
    const { Variables } = one.Environment;
    const { POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE, ...ours } = Variables;
    expect(POWERTOOLS_METRICS_NAMESPACE).toBe('Acopio');
    expect(Object.keys(ours).sort()).toEqual(Object.keys(ENVIRONMENTS[name].shape).sort());
    expect(ENVIRONMENTS[name].safeParse(ours).error).toBeUndefined();
  });

  test('runs on the current runtime, traced, with JSON logs that expire', () => {
    const logs = resourcesOf(stacks, 'AWS::Logs::LogGroup').find(
      (group) => group.id === one.LoggingConfig.LogGroup,
    );
    expect(one).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
    expect(one.LoggingConfig.LogFormat).toBe('JSON');
    expect(logs?.Properties.RetentionInDays).toBe(demo.logDays);
  });

  test('has a timeout that fits who waits for it', () => {
    const long: Partial<Record<FunctionName, number>> = { 'imotriz-poll': 120, 'nuvemshop-install': 28 };
    const usual = name.endsWith('-webhook') ? 5 : name.endsWith('-reconcile') ? 300 : 90;
    const expected = long[name] ?? usual;
    expect(one.Timeout).toBe(expected);
  });
});

test('nothing in the templates is a secret: only the names of secrets', () => {
  const variables = functions.flatMap((one) => Object.keys(one.Environment.Variables));
  expect(variables.filter((name) => /TOKEN|PASSWORD|KEY|SECRET(?!_ID)/.test(name))).toEqual([]);
});

describe.each([
  ['ImotrizPoll', 'rate(1 minute)', 60, 'ImotrizPollPollerFunction', undefined],
  [
    'NuvemshopReconcile',
    'rate(15 minutes)',
    900,
    'NuvemshopReconcileReconcilerFunction',
    '{"scheduled":true}',
  ],
  [
    'PedidosyaReconcile',
    'rate(10 minutes)',
    600,
    'PedidosyaReconcileReconcilerFunction',
    '{"scheduled":true}',
  ],
  ['ImotrizReconcile', 'rate(60 minutes)', 3600, 'ImotrizReconcileReconcilerFunction', '{"scheduled":true}'],
])('the schedule %s', (prefix, rate, seconds, target, input) => {
  const schedule = resourcesOf(stacks, 'AWS::Scheduler::Schedule').find((one) => one.id.startsWith(prefix));

  test('ticks as configured and does not pile up what it missed', () => {
    expect(schedule?.Properties).toMatchObject({
      ScheduleExpression: rate,
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: seconds } },
    });
    const invoke = resourcesOf(stacks, 'AWS::Lambda::EventInvokeConfig').find((one) =>
      one.id.startsWith(prefix),
    );
    expect(invoke?.Properties).toMatchObject({ MaximumRetryAttempts: 0 });
  });

  test('may call its function and nothing else, with what it takes', () => {
    const { Target } = z
      .looseObject({ Target: z.looseObject({ RoleArn: z.unknown(), Input: z.string().optional() }) })
      .parse(schedule?.Properties);
    expect(permissionsOf(flatten(Target.RoleArn))).toEqual([`lambda:InvokeFunction ${target}`]);
    expect(Target.Input).toBe(input);
  });
});
