import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LEASE_MS } from '../../functions/outbound/commands/lease-ms.ts';
import { LEASE_MS as STORE_LEASE_MS } from '../../functions/outbound/stock/tell.ts';
import { ENVIRONMENTS, type Job } from '../../functions/runtime/environment.ts';
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
  LoggingConfig: z.object({
    LogGroup: z.unknown().transform(flatten),
    LogFormat: z.string(),
    SystemLogLevel: z.string().optional(),
  }),
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
const functionsIn = (all: readonly SynthesizedStack[]) =>
  resourcesOf(all, 'AWS::Lambda::Function').map((one) => {
    const properties = functionSchema.parse(one.Properties);
    const { Variables } = properties.Environment;
    const [, owner = '', construct = ''] = LOGICAL_ID.exec(one.id) ?? [];
    const job = JOBS[construct]!;
    return { ...properties, Variables, name: `${owner.toLowerCase()}-${job}`, job };
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
  Condition: z
    .strictObject({
      'ForAllValues:StringLike': z.strictObject({ 'dynamodb:LeadingKeys': z.array(z.string()) }),
      Null: z.strictObject({ 'dynamodb:LeadingKeys': z.literal('false') }),
    })
    .transform((one) => one['ForAllValues:StringLike']['dynamodb:LeadingKeys'])
    .optional(),
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

/** What a statement is about: a resource, of a table with the partitions that it is let at. */
const targetsOf = ({ Resource, Condition }: z.output<typeof statementSchema>): string[] =>
  Resource.map((resource) => [short(resource), ...(Condition ?? [])].join(' '));

/** Everything a role may do, as `action resource partitions`, beyond writing its own logs. */
const permissionsOf = (role: string): string[] =>
  statementsOf(role)
    .flatMap((statement) =>
      statement.Action.flatMap((action) => targetsOf(statement).map((target) => `${action} ${target}`)),
    )
    .sort();

const logs = (id: string): string[] => [`logs:CreateLogStream ${id}Logs`, `logs:PutLogEvents ${id}Logs`];
/** Actions on the items of the control table whose partition keys begin so. */
const items = (begin: string, ...actions: string[]): string[] =>
  actions.map((one) => `dynamodb:${one} Control ${begin} ${begin}#*`);
const rows = (platform: string, ...actions: string[]): string[] =>
  actions.map((one) => `dynamodb:${one} Orders ${platform}#*`);
const record = (platform: string) => rows(platform, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
const circuitOf = (platform: string) => items(`circuit#${platform}`, 'GetItem', 'UpdateItem', 'DeleteItem');
/** What everything needs that calls a platform. */
const call = (platform: string): string[] => [
  ...items(`bucket#${platform}`, 'UpdateItem'),
  ...circuitOf(platform),
  ...items(`reconcile#${platform}`, 'UpdateItem'),
];
const hold = (begin: string) => items(begin, 'PutItem', 'DeleteItem');
const reconcile = (platform: string): string[] => [
  ...call(platform),
  ...items(`reconcile#${platform}`, 'GetItem', 'PutItem', 'DeleteItem', 'Query'),
  ...hold(`lease#reconcile#${platform}`),
];
const coalesce = (platform: string) => items(`pending#${platform}`, 'GetItem', 'UpdateItem');
const gather = items('chunks', 'PutItem', 'DeleteItem', 'Query');
const consume = (queue: string): string[] =>
  ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((one) => `sqs:${one} ${queue}`);
const readSecret = (name: string): string => `secretsmanager:GetSecretValue ${name}`;

const CHAIN = '79d3a0740f4c44ac892c787fdfb04ba1';
const PERMISSIONS: Record<string, string[]> = {
  'nuvemshop-receive': [
    ...logs('NuvemshopWebhookReceiver'),
    readSecret('NuvemshopApp'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-receive': [
    ...logs('PedidosyaWebhookReceiver'),
    readSecret(`PedidosyaWebhook${CHAIN}`),
    'sqs:SendMessage PedidosyaOrdersIntakeQueue',
  ],
  'nuvemshop-install': [
    ...logs('NuvemshopInstallInstaller'),
    ...call('nuvemshop'),
    ...hold('install#nuvemshop'),
    ...hold('lease#install#nuvemshop'),
    readSecret('NuvemshopApp'),
    'secretsmanager:PutSecretValue NuvemshopStore5665778',
  ],
  'imotriz-poll': [
    ...logs('ImotrizPollPoller'),
    ...call('imotriz'),
    ...hold('lease#poll#imotriz'),
    ...items('outbox#imotriz', 'PutItem', 'DeleteItem', 'Query'),
    ...items('outbox-aside#imotriz', 'PutItem', 'Query'),
    ...items('poll-backoff#imotriz', 'GetItem', 'PutItem', 'DeleteItem'),
    readSecret('ImotrizApicomain'),
    'sqs:SendMessage ImotrizOrdersIntakeQueue',
  ],
  'nuvemshop-process': [
    ...logs('NuvemshopOrdersConsumer'),
    ...consume('NuvemshopOrdersIntakeQueue'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
    ...record('nuvemshop'),
    'dynamodb:Query Orders/index/changes',
    ...call('nuvemshop'),
    ...coalesce('nuvemshop'),
    ...gather,
    ...items('privacy-report#nuvemshop', 'PutItem', 'DeleteItem', 'Query'),
    ...items('erasure-ledger#nuvemshop', 'PutItem'),
    ...items('store-erasure#nuvemshop', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
    ...items('audit#nuvemshop', 'PutItem'),
    readSecret('NuvemshopStore5665778'),
  ],
  'pedidosya-process': [
    ...logs('PedidosyaOrdersConsumer'),
    ...consume('PedidosyaOrdersIntakeQueue'),
    ...record('pedidosya'),
    ...gather,
    ...items('catalogue-job#pedidosya', 'GetItem', 'PutItem'),
  ],
  'imotriz-process': [
    ...logs('ImotrizOrdersConsumer'),
    ...consume('ImotrizOrdersIntakeQueue'),
    ...record('imotriz'),
    ...gather,
  ],
  'nuvemshop-reconcile': [
    ...logs('NuvemshopReconcileReconciler'),
    ...rows('nuvemshop', 'GetItem', 'BatchGetItem'),
    // Products are recorded as they are listed.
    ...rows('nuvemshop', 'PutItem'),
    'dynamodb:Query Orders/index/changes',
    ...reconcile('nuvemshop'),
    ...items('pending#nuvemshop', 'GetItem'),
    ...items('store-erasure#nuvemshop', 'GetItem'),
    readSecret('NuvemshopStore5665778'),
    'sqs:SendMessage NuvemshopOrdersIntakeQueue',
  ],
  'pedidosya-reconcile': [
    ...logs('PedidosyaReconcileReconciler'),
    ...record('pedidosya'),
    ...rows('pedidosya', 'BatchGetItem'),
    'dynamodb:Query Orders/index/changes',
    ...reconcile('pedidosya'),
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'nuvemshop-dispatch': [
    ...logs('NuvemshopCommandsDispatcher'),
    ...consume('NuvemshopCommandsHints'),
    'sqs:SendMessage NuvemshopCommandsHints',
    ...rows('nuvemshop', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    ...call('nuvemshop'),
    // What products of one store make together.
    ...items('category#nuvemshop', 'GetItem', 'PutItem', 'DeleteItem'),
    ...hold('lease#category#nuvemshop'),
    readSecret('NuvemshopStore5665778'),
  ],
  'pedidosya-dispatch': [
    ...logs('PedidosyaCommandsDispatcher'),
    ...consume('PedidosyaCommandsHints'),
    'sqs:SendMessage PedidosyaCommandsHints',
    // What a command changes is read: PedidosYa does not tell of it.
    ...record('pedidosya'),
    ...rows('pedidosya', 'UpdateItem'),
    ...call('pedidosya'),
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'imotriz-reconcile': [
    ...logs('ImotrizReconcileReconciler'),
    ...record('imotriz'),
    'dynamodb:Query Orders/index/changes',
    ...reconcile('imotriz'),
    readSecret('ImotrizApicomain'),
  ],
};

/** Of the platforms that carry out commands. */
const COMMAND_QUEUES = ['Nuvemshop', 'Pedidosya'].map((name) => `sqs:SendMessage ${name}CommandsHints`);

/** What each function for the merchant's own system may do. */
const ERP_PERMISSIONS: Record<string, string[]> = {
  'erp-publish': [
    ...logs('ErpPublisher'),
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (one) => `dynamodb:${one} OrdersTable1F8332C7Stream`,
    ),
    ...items('feed', 'PutItem', 'Query'),
    ...items('feed-pointer', 'GetItem', 'PutItem'),
    ...items('endpoints', 'Query'),
    'sqs:SendMessage ErpFeedUnpublished',
    'sqs:SendMessage ErpWebhooksDeliveries',
  ],
  'erp-api': [
    ...logs('ErpApi'),
    ...items('feed', 'Query'),
    ...items('feed-pointer', 'GetItem'),
    ...items('idempotency', 'GetItem', 'PutItem', 'DeleteItem'),
    ...['GetItem', 'UpdateItem'].map((one) => `dynamodb:${one} Control circuit#*`),
    'dynamodb:UpdateItem Control bucket#*',
    ...['GetItem', 'Query', 'PutItem', 'DeleteItem'].map((one) => `dynamodb:${one} Control location#*`),
    ...['GetItem', 'Query', 'UpdateItem'].map(
      (one) => `dynamodb:${one} Orders *#order#* *#erp-customer#* *#erp-product#* command-id#*`,
    ),
    'dynamodb:GetItem Orders *#product#* *#customer#*',
    ...COMMAND_QUEUES,
    'dynamodb:Query Orders/index/changes',
    readSecret('ErpTokens'),
    readSecret('NuvemshopStore5665778'),
    readSecret('ImotrizApicomain'),
    readSecret(`PedidosyaApi${CHAIN}`),
  ],
  'erp-deliver': [
    ...logs('ErpDeliverer'),
    ...items('feed', 'Query'),
    ...items('feed-pointer', 'GetItem'),
    ...items('endpoints', 'UpdateItem'),
    ...items('endpoint-aside', 'GetItem', 'PutItem', 'DeleteItem'),
    'dynamodb:GetItem Orders *#order#* *#product#* *#customer#*',
    ...['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'SendMessage'].map(
      (one) => `sqs:${one} ErpWebhooksDeliveries`,
    ),
    readSecret('ErpSigning'),
  ],
  'erp-sweep': [
    ...logs('ErpSweeper'),
    ...items('feed', 'Query'),
    ...items('feed-pointer', 'GetItem', 'PutItem'),
    ...items('endpoints', 'Query'),
    'dynamodb:Query Orders/index/work',
    'sqs:SendMessage ErpWebhooksDeliveries',
    ...COMMAND_QUEUES,
  ],
  'erp-track': [
    ...logs('ErpTracker'),
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (one) => `dynamodb:${one} OrdersTable1F8332C7Stream`,
    ),
    'dynamodb:PutItem Orders alias#*',
    'dynamodb:DeleteItem Orders alias#*',
    ...['GetItem', 'PutItem', 'DeleteItem'].map((one) => `dynamodb:${one} Orders *#by-email#* *#email-of#*`),
    readSecret('ErpEmailKey'),
    'sqs:SendMessage ErpStockUnfollowed',
  ],
};

/** What each function has to know of secrets, by the names it looks them up with. */
const SECRETS: Record<string, string[]> = {
  'nuvemshop-receive': ['app'],
  'nuvemshop-install': ['app', 'store/5665778'],
  'nuvemshop-process': ['store/5665778'],
  'nuvemshop-reconcile': ['store/5665778'],
  'pedidosya-receive': ['webhook/79d3a074-0f4c-44ac-892c-787fdfb04ba1'],
  'nuvemshop-dispatch': ['store/5665778'],
  'pedidosya-dispatch': ['api/79d3a074-0f4c-44ac-892c-787fdfb04ba1'],
  'pedidosya-process': [],
  'pedidosya-reconcile': ['api/79d3a074-0f4c-44ac-892c-787fdfb04ba1'],
  'imotriz-process': [],
  'imotriz-poll': ['api/co-main'],
  'imotriz-reconcile': ['api/co-main'],
  'erp-publish': [],
  'erp-api': [
    'tokens',
    'nuvemshop/store/5665778',
    'pedidosya/api/79d3a074-0f4c-44ac-892c-787fdfb04ba1',
    'imotriz/api/co-main',
  ],
  'erp-deliver': ['signing'],
  'erp-sweep': [],
  'erp-track': ['emailKey'],
};

const ALL_PERMISSIONS = { ...PERMISSIONS, ...ERP_PERMISSIONS };

test('each platform, and the side of the ERP, has a function for each of its jobs, and no other', () => {
  expect(functions.map((one) => one.name).sort()).toEqual(Object.keys(ALL_PERMISSIONS).sort());
});

describe.each(functions.map((one) => [one.name, one] as const))('%s', (name, one) => {
  test('may do what it needs and nothing else', () => {
    expect(permissionsOf(one.Role)).toEqual(ALL_PERMISSIONS[name]?.toSorted());
  });

  test('has one statement for each thing that it is let at', () => {
    const named = statementsOf(one.Role).filter(({ Sid }) => Sid !== undefined);
    const targets = named.flatMap(targetsOf);
    expect(new Set(named.map(({ Sid }) => Sid)).size).toBe(named.length);
    expect(new Set(targets).size).toBe(targets.length);
  });

  test('may touch a table only within partitions that begin with its platform, or are named one by one', () => {
    const [platform = ''] = name.split('-');
    const onTables = statementsOf(one.Role).filter(({ Action }) =>
      Action.some((action) => action.startsWith('dynamodb:')),
    );
    const whole = ['Changes', 'Work', 'Stream'];
    const ofErp =
      '(alias|feed|feed-pointer|endpoints|endpoint-aside|idempotency|circuit|bucket|location|command-id|\\*#order|\\*#product|\\*#customer|\\*#erp-customer|\\*#erp-product|\\*#by-email|\\*#email-of)';
    const owner = platform === 'erp' ? ofErp : `([a-z-]+#)*${platform}`;
    for (const { Sid = '', Condition = [] } of onTables.filter(({ Sid = '' }) => !whole.includes(Sid))) {
      expect(Condition, Sid).not.toEqual([]);
      for (const pattern of Condition.filter((each) => !/^chunks(#\*)?$/.test(each)))
        expect(pattern).toMatch(new RegExp(`^${owner}(#\\*)?$`));
    }
  });

  test('has policies that IAM takes: at most 10,240 characters together, with the longest names', () => {
    const text = JSON.stringify(
      statementsOf(one.Role).map(({ Resource, ...rest }) => ({ ...rest, Resource })),
    );
    const arns = statementsOf(one.Role).flatMap(({ Resource }) => Resource).length;
    // An ARN of a resource that CloudFormation named has up to 130 characters; a Condition's own words have 90.
    expect(text.length + 130 * arns + 90 * statementsOf(one.Role).length).toBeLessThan(10_240);
  });

  test('has a role with no managed policy, that Lambda alone may assume', () => {
    const role = resourcesOf(stacks, 'AWS::IAM::Role').find((other) => `${other.id}.Arn` === one.Role);
    expect(Object.keys(role?.Properties ?? {})).toEqual(['AssumeRolePolicyDocument']);
    expect(JSON.stringify(role?.Properties)).toContain('lambda.amazonaws.com');
  });

  test('has the variables of its job, and no other', () => {
    // A bus and queues of stock only where the merchant wants them.
    const wishes = ['EVENT_BUS', 'STOCK_QUEUES'];
    // Where webhooks go is told to whoever subscribes them.
    if (one.job === 'reconcile' && name !== 'nuvemshop-reconcile') wishes.push('WEBHOOK_URL');
    const expected = Object.keys(ENVIRONMENTS[one.job]().shape).filter((name) => !wishes.includes(name));
    expect(Object.keys(one.Variables).sort()).toEqual(expected.sort());
    expect(ENVIRONMENTS[one.job]().safeParse(one.Variables).error).toBeUndefined();
  });

  test('knows the secrets that it may use', () => {
    const secrets = ENVIRONMENTS[one.job]().parse(one.Variables).SECRETS;
    expect(Object.keys(secrets).sort()).toEqual(SECRETS[name]?.toSorted());
    const used = permissionsOf(one.Role).filter((permission) => permission.startsWith('secretsmanager:'));
    expect(used.map((permission) => permission.split(' ')[1]).sort()).toEqual(
      Object.values(secrets).map(short).sort(),
    );
  });

  test('runs on the current runtime, with JSON logs that expire', () => {
    const group = resourcesOf(stacks, 'AWS::Logs::LogGroup').find(
      ({ id }) => id === one.LoggingConfig.LogGroup,
    );
    expect(one).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
    });
    expect(one.LoggingConfig.LogFormat).toBe('JSON');
    expect(group?.Properties.RetentionInDays).toBe(demo.logDays);
  });

  test('is neither traced nor logged by Lambda itself where all goes well: that would cost more than the call', () => {
    expect(one.TracingConfig?.Mode).toBeUndefined();
    expect(one.LoggingConfig.SystemLogLevel).toBe('WARN');
  });

  test('has a timeout that fits who waits for it', () => {
    const seconds: Partial<Record<Job, number>> = {
      receive: 5,
      poll: 120,
      process: 90,
      dispatch: 120,
      reconcile: 300,
      install: 28,
      publish: 60,
      api: 28,
      deliver: 120,
      track: 60,
      sweep: 60,
    };
    expect(one.Timeout).toBe(seconds[one.job]);
  });
});

test('nobody dispatches for longer than the lease on an order lasts', () => {
  const dispatchers = functions.filter(({ job }) => job === 'dispatch');

  expect(dispatchers).toHaveLength(2);
  // Clocks differ, and a function that is ended may still have sent something.
  for (const { Timeout } of dispatchers)
    expect(Number(Timeout) * 1000).toBeLessThanOrEqual(LEASE_MS - 20_000);
});

test('nothing in the templates is a secret: only the names of secrets', () => {
  const variables = functions.flatMap((one) => Object.keys(one.Variables));
  // The installation link stands in an output with its key, which begins an installation and opens no store.
  const known = ['INSTALL_KEY'];
  expect(variables.filter((name) => /TOKEN|PASSWORD|KEY|SECRET(?!S$)/.test(name))).toEqual(known);
  const [installer] = functions.filter((one) => 'INSTALL_KEY' in one.Variables);
  // No text of ours: CloudFormation draws it.
  expect(installer?.Variables.INSTALL_KEY).toMatch(/AWS::StackId.*ControlTable/);
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
    const { SECRETS: secrets } = ENVIRONMENTS.poll().parse(poller?.Variables);
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
});

function targetInput(properties: Record<string, unknown>): unknown {
  const { Target } = z.looseObject({ Target: z.looseObject({ Input: z.string() }) }).parse(properties);
  return JSON.parse(Target.Input);
}

test('a merchant with an event bus has one that the publisher alone may put events on', () => {
  const withBus = stacksOf(merchantWith({ events: { bus: true } }));

  const buses = resourcesOf(withBus, 'AWS::Events::EventBus');
  const allowed = resourcesOf(withBus, 'AWS::IAM::Policy').filter((one) =>
    JSON.stringify(one.Properties).includes('events:PutEvents'),
  );
  const told = functionsIn(withBus).filter(({ Variables }) => Variables.EVENT_BUS !== undefined);

  expect(buses).toHaveLength(1);
  expect(allowed.map(({ id }) => id)).toEqual([expect.stringMatching(/^ErpPublisher/)]);
  expect(told.map(({ name }) => name)).toEqual(['erp-publish']);
  expect(resourcesOf(stacks, 'AWS::Events::EventBus')).toEqual([]);
});

test('a run that tells a store is over before its lease on the store is', () => {
  const tellers = functionsIn(stacksOf(merchantWith({ stock: {} }))).filter(({ name }) =>
    name.endsWith('-tell'),
  );

  expect(tellers.map(({ Timeout }) => Timeout * 1000 < STORE_LEASE_MS)).toEqual([true, true]);
});

test('a merchant whose stock is counted has it claimed and told, and nobody else has', () => {
  const counted = functionsIn(stacksOf(merchantWith({ stock: {} })));

  const more = counted
    .map(({ name }) => name)
    .filter((name) => !functionsIn(stacks).some((one) => one.name === name));
  const hinting = counted.filter(({ Variables }) => Variables.STOCK_QUEUES !== undefined);

  expect(more.sort()).toEqual(['erp-compare', 'nuvemshop-tell', 'pedidosya-tell']);
  expect(hinting.map(({ name }) => name).sort()).toEqual([
    'erp-api',
    'erp-compare',
    'erp-sweep',
    'erp-track',
  ]);
});
