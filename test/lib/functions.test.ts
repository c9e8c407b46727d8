import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ENVIRONMENTS, type Job } from '../../functions/runtime/environment.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import {
  demo,
  flatten,
  merchantWith,
  resourcesOf,
  type SynthesizedStack,
  settings,
  stacksOf,
} from './assembly.ts';

const stacks = stacksOf(demo);
const functionSchema = z.looseObject({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown().transform(flatten)) }),
  Role: z.unknown().transform(flatten),
  LoggingConfig: z.object({ LogGroup: z.unknown().transform(flatten), LogFormat: z.string() }),
  MemorySize: z.number(),
  Timeout: z.number(),
});
const functionsIn = (all: readonly SynthesizedStack[]) =>
  resourcesOf(all, 'AWS::Lambda::Function').map((one) => {
    const properties = functionSchema.parse(one.Properties);
    const { Variables } = properties.Environment;
    const name = Variables.POWERTOOLS_SERVICE_NAME ?? '';
    return { ...properties, Variables, name, job: name.replace(/^.*-/, '') as Job };
  });
const functions = functionsIn(stacks);
const statementSchema = z.object({
  Sid: z.string().optional(),
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

const statementsOf = (role: string) =>
  resourcesOf(stacks, 'AWS::IAM::Policy')
    .filter((one) => JSON.stringify(one.Properties.Roles).includes(`"${role.replace(/\.Arn$/, '')}"`))
    .flatMap(
      ({ Properties }) =>
        z.object({ Statement: z.array(statementSchema) }).parse(Properties.PolicyDocument).Statement,
    );

/** Everything a role may do, as `action resource`, beyond writing its own logs and traces. */
const permissionsOf = (role: string): string[] =>
  statementsOf(role)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} ${short(resource)}`)),
    )
    .sort();

const own = (id: string): string[] => [
  `logs:CreateLogStream ${id}Logs`,
  `logs:PutLogEvents ${id}Logs`,
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];
const items = (table: string, ...actions: string[]): string[] =>
  actions.map((one) => `dynamodb:${one} ${table}`);
const remember = items('Control', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query');
const record = items('Orders', 'GetItem', 'PutItem', 'DeleteItem', 'Query');
const consume = (queue: string): string[] =>
  ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((one) => `sqs:${one} ${queue}`);
const readSecret = (name: string): string => `secretsmanager:GetSecretValue ${name}`;

const CHAIN = '79d3a0740f4c44ac892c787fdfb04ba1';
const PERMISSIONS: Record<string, string[]> = {
  'nuvemshop-receive': [
    ...own('NuvemshopWebhookReceiver'),
    readSecret('NuvemshopApp'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-receive': [
    ...own('PedidosyaWebhookReceiver'),
    readSecret(`PedidosyaWebhook${CHAIN}`),
    'sqs:SendMessage PedidosyaOrdersIntakeQueue',
  ],
  'nuvemshop-install': [
    ...own('NuvemshopInstallInstaller'),
    ...remember.filter((one) => one !== 'dynamodb:Query Control'),
    readSecret('NuvemshopApp'),
    'secretsmanager:PutSecretValue NuvemshopStore5665778',
  ],
  'imotriz-poll': [
    ...own('ImotrizPollPoller'),
    ...remember,
    readSecret('ImotrizApicomain'),
    'sqs:SendMessage ImotrizOrdersIntakeQueue',
  ],
  'nuvemshop-process': [
    ...own('NuvemshopOrdersConsumer'),
    ...consume('NuvemshopOrdersIntakeQueue'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
    ...remember,
    ...record,
    'dynamodb:Query Orders/index/changes',
    readSecret('NuvemshopStore5665778'),
  ],
  'pedidosya-process': [
    ...own('PedidosyaOrdersConsumer'),
    ...consume('PedidosyaOrdersIntakeQueue'),
    ...items('Control', 'PutItem', 'Query'),
    ...record,
  ],
  'imotriz-process': [
    ...own('ImotrizOrdersConsumer'),
    ...consume('ImotrizOrdersIntakeQueue'),
    ...items('Control', 'PutItem', 'Query'),
    ...record,
  ],
  'nuvemshop-reconcile': [
    ...own('NuvemshopReconcileReconciler'),
    ...remember,
    'dynamodb:GetItem Orders',
    readSecret('NuvemshopStore5665778'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-reconcile': [
    ...own('PedidosyaReconcileReconciler'),
    ...remember,
    ...record,
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'imotriz-reconcile': [
    ...own('ImotrizReconcileReconciler'),
    ...remember,
    ...record,
    readSecret('ImotrizApicomain'),
  ],
};

/** What each function has to know of secrets, by the names it looks them up with. */
const SECRETS: Record<string, string[]> = {
  'nuvemshop-receive': ['app'],
  'nuvemshop-install': ['app', 'store/5665778'],
  'nuvemshop-process': ['store/5665778'],
  'nuvemshop-reconcile': ['store/5665778'],
  'pedidosya-receive': ['webhook/79d3a074-0f4c-44ac-892c-787fdfb04ba1'],
  'pedidosya-process': [],
  'pedidosya-reconcile': ['api/79d3a074-0f4c-44ac-892c-787fdfb04ba1'],
  'imotriz-process': [],
  'imotriz-poll': ['api/co-main'],
  'imotriz-reconcile': ['api/co-main'],
};

test('each platform has a function for each of its jobs, and no other', () => {
  expect(functions.map((one) => one.name).sort()).toEqual(Object.keys(PERMISSIONS).sort());
});

describe.each(functions.map((one) => [one.name, one] as const))('%s', (name, one) => {
  test('may do what it needs and nothing else', () => {
    expect(permissionsOf(one.Role)).toEqual(PERMISSIONS[name]?.toSorted());
  });

  test('has one statement for each thing that it is let at', () => {
    const named = statementsOf(one.Role).filter(({ Sid }) => Sid !== undefined);
    const resources = named.flatMap(({ Resource }) => Resource);
    expect(new Set(named.map(({ Sid }) => Sid)).size).toBe(named.length);
    expect(new Set(resources).size).toBe(resources.length);
  });

  test('has a role with no managed policy, that Lambda alone may assume', () => {
    const role = resourcesOf(stacks, 'AWS::IAM::Role').find((other) => `${other.id}.Arn` === one.Role);
    expect(Object.keys(role?.Properties ?? {})).toEqual(['AssumeRolePolicyDocument']);
    expect(JSON.stringify(role?.Properties)).toContain('lambda.amazonaws.com');
  });

  test('has the variables of its job, and no other', () => {
    const { POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE, ...ours } = one.Variables;
    expect(POWERTOOLS_METRICS_NAMESPACE).toBe('Acopio');
    expect(Object.keys(ours).sort()).toEqual(Object.keys(ENVIRONMENTS[one.job].shape).sort());
    expect(ENVIRONMENTS[one.job].safeParse(ours).error).toBeUndefined();
  });

  test('knows the secrets that it may use', () => {
    const secrets = ENVIRONMENTS[one.job].parse(one.Variables).SECRETS;
    expect(Object.keys(secrets).sort()).toEqual(SECRETS[name]?.toSorted());
    const used = permissionsOf(one.Role).filter((permission) => permission.startsWith('secretsmanager:'));
    expect(used.map((permission) => permission.split(' ')[1]).sort()).toEqual(
      Object.values(secrets).map(short).sort(),
    );
  });

  test('runs on the current runtime, traced, with JSON logs that expire', () => {
    const logs = resourcesOf(stacks, 'AWS::Logs::LogGroup').find(
      (group) => group.id === one.LoggingConfig.LogGroup,
    );
    expect(one).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      MemorySize: 512,
    });
    expect(one.LoggingConfig.LogFormat).toBe('JSON');
    expect(logs?.Properties.RetentionInDays).toBe(demo.logDays);
  });

  test('has a timeout that fits who waits for it', () => {
    const seconds: Record<Job, number> = { receive: 5, poll: 120, process: 90, reconcile: 300, install: 28 };
    expect(one.Timeout).toBe(seconds[one.job]);
  });
});

test('nothing in the templates is a secret: only the names of secrets', () => {
  const variables = functions.flatMap((one) => Object.keys(one.Variables));
  expect(variables.filter((name) => /TOKEN|PASSWORD|KEY|SECRET(?!S$)/.test(name))).toEqual([]);
});

describe.each([
  ['ImotrizPoll', 'co-main', 'rate(1 minute)', 60, 'ImotrizPollPollerFunction', {}],
  [
    'NuvemshopReconcile',
    '5665778',
    'rate(15 minutes)',
    900,
    'NuvemshopReconcileReconcilerFunction',
    { scheduled: true },
  ],
  [
    'PedidosyaReconcile',
    '79d3a074-0f4c-44ac-892c-787fdfb04ba1',
    'rate(10 minutes)',
    600,
    'PedidosyaReconcileReconcilerFunction',
    { scheduled: true },
  ],
  [
    'ImotrizReconcile',
    'co-main',
    'rate(60 minutes)',
    3600,
    'ImotrizReconcileReconcilerFunction',
    { scheduled: true },
  ],
])('the schedule %s of store %s', (prefix, storeId, rate, seconds, target, input) => {
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
      .looseObject({ Target: z.looseObject({ RoleArn: z.unknown(), Input: z.string() }) })
      .parse(schedule?.Properties);
    expect(permissionsOf(flatten(Target.RoleArn))).toEqual([`lambda:InvokeFunction ${target}`]);
    expect(JSON.parse(Target.Input)).toEqual({ ...input, storeId });
  });
});

describe('a merchant with several stores of one platform', () => {
  const [store] = settings.imotriz.stores;
  const stores = [store, { ...store, storeId: 'mx-main', country: 'mx', poll: { everyMinutes: 10 } }];
  const several = stacksOf(merchantWith({ platforms: { ...demo.platforms, imotriz: { stores } } }));

  test('has one function for each job, which knows the secrets of all', () => {
    expect(functionsIn(several).map(({ name }) => name)).toEqual(functions.map(({ name }) => name));
    const poller = functionsIn(several).find(({ name }) => name === 'imotriz-poll');
    const { SECRETS: secrets } = ENVIRONMENTS.poll.parse(poller?.Variables);
    expect(Object.keys(secrets)).toEqual(['api/co-main', 'api/mx-main']);
  });

  test('has a schedule for each store, each at its own pace', () => {
    const polls = resourcesOf(several, 'AWS::Scheduler::Schedule').filter((one) =>
      one.id.startsWith('ImotrizPoll'),
    );
    expect(polls.map(({ Properties }) => [Properties.ScheduleExpression, targetInput(Properties)])).toEqual([
      ['rate(1 minute)', { storeId: 'co-main' }],
      ['rate(10 minutes)', { storeId: 'mx-main' }],
    ]);
  });

  test('has an output for the secret of each store', () => {
    const keys = several.flatMap(({ outputs }) => outputs.map(({ key }) => key));
    expect(keys).toEqual(expect.arrayContaining(['ImotrizApicomainSecretArn', 'ImotrizApimxmainSecretArn']));
    expect(keys).not.toContain('ImotrizApiSecretArn');
  });

  test('is told to divide them when a function could not know all their secrets', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ ...store, storeId: `store-${index}` }));
    const merchant = merchantWith({ platforms: { imotriz: { stores: many } } });
    expect(() => stacksOf(merchant)).toThrow(DeployError);
    expect(() => stacksOf(merchant)).toThrow(/^imotriz has 25 stores .* Divide the stores/);
  });
});

function targetInput(properties: Record<string, unknown>): unknown {
  const { Target } = z.looseObject({ Target: z.looseObject({ Input: z.string() }) }).parse(properties);
  return JSON.parse(Target.Input);
}
