import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LEASE_MS } from '../../functions/outbound/commands/lease-ms.ts';
import { LEASE_MS as STORE_LEASE_MS } from '../../functions/outbound/stock/tell.ts';
import { ENVIRONMENTS, type Job } from '../../functions/runtime/environment.ts';
import { demo, flatten, merchantWith, resourcesOf, settings, stacksOf } from './assembly.ts';
import { functions, functionsIn, permissionsOf, short, stacks } from './deployed-functions.ts';

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

test('each platform, and the side of the ERP, has a function for each of its jobs, and no other', () => {
  expect(functions.map((one) => one.name).sort()).toEqual(Object.keys(SECRETS).sort());
});

describe.each(functions.map((one) => [one.name, one] as const))('%s', (name, one) => {
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
      MemorySize: one.job === 'process' ? 384 : 512,
    });
    expect(one.LoggingConfig.LogFormat).toBe('JSON');
    expect(group?.Properties.RetentionInDays).toBe(demo.logDays);
  });

  test('is neither traced nor logged by Lambda itself where all goes well: that would cost more than the call', () => {
    expect(one.TracingConfig?.Mode).toBeUndefined();
    expect(one.LoggingConfig.SystemLogLevel).toBe('WARN');
  });

  test('may be called again by what it sends: Lambda would take a message that waits for a loop after sixteen times', () => {
    expect(one.RecursiveLoop).toBe('Allow');
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
