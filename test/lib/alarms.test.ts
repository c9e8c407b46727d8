import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { platforms } from '../../functions/platforms/registry.ts';
import {
  METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  METRICS,
  type MetricName,
  SHARED_METRICS,
} from '../../functions/runtime/metric-names.ts';
import { ALARMS } from '../../lib/alarms/catalogue.ts';
import { keptBy } from '../../lib/alarms/registry.ts';
import { PROBLEMS } from '../../lib/alarms/shared-alarms.ts';
import { demo, flatten, merchantWith, ROOT, resourcesOf, settings, stacksOf } from './assembly.ts';

const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.unknown().transform(flatten),
  AlarmActions: z.array(z.unknown().transform(flatten)),
  OKActions: z.array(z.unknown()).default([]),
  InsufficientDataActions: z.array(z.unknown()).default([]),
  MetricName: z.string(),
  Namespace: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  Period: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.string(),
  Threshold: z.number(),
});

const stacks = stacksOf(demo);
const alarms = resourcesOf(stacks, 'AWS::CloudWatch::Alarm').map((one) => alarmSchema.parse(one.Properties));
const composites = resourcesOf(stacks, 'AWS::CloudWatch::CompositeAlarm').map((one) =>
  alarmSchema
    .pick({ AlarmName: true, AlarmDescription: true, AlarmActions: true, OKActions: true })
    .parse(one.Properties),
);
/** Settings of the polled platform with a store for each of the schedules. */
const polledAt = (...polls: { everyMinutes: number; quietHours?: number }[]) => ({
  stores: polls.map((poll, index) => ({ ...settings.imotriz.stores[0], storeId: `store-${index}`, poll })),
});
const kindOf = (alarmName: string): string => alarmName.split('.').at(-1) ?? '';
const kindsOf = (subject: string): Set<string> =>
  new Set(
    alarms
      .filter(({ AlarmName }) => AlarmName.startsWith(`Acopio-demo.${subject}.`))
      .map(({ AlarmName }) => kindOf(AlarmName)),
  );

describe.each([...alarms, ...composites].map((one) => [one.AlarmName, one] as const))('%s', (name, alarm) => {
  test('sends a mail', () => {
    expect(alarm.AlarmActions).toHaveLength(1);
    expect(alarm.AlarmActions[0]).toMatch(/^Acopio-demo-Data:.*AlarmsTopic/);
  });

  test('says what happened, what to do first, and where to read and look on', () => {
    const [happened, firstStep, runbook, look, ...rest] = alarm.AlarmDescription.split('\n');
    expect(happened).toMatch(/^(CRITICAL|WARNING) demo.*: [A-Z].{20,}\.$/);
    expect(firstStep).toMatch(/^Do first: [A-Z].{20,}\.$/);
    expect(runbook).toBe(`Runbook: ${demo.runbookUrl}#${kindOf(name)}`);
    expect(look).toMatch(/^Look here: https:\/\/sa-east-1\.console\.aws\.amazon\.com\/\S+$/);
    expect(rest).toEqual([]);
    expect(firstStep).not.toMatch(/npm run|npx acopio (?!--merchant demo )/);
    // CloudWatch's limit, with room for the account and the names that are filled in when it is deployed.
    expect(alarm.AlarmDescription.length).toBeLessThan(900);
  });
});

test('every kind of alarm is raised for the demo, which has all platforms, or with all that a merchant may want', () => {
  const wishes = {
    stock: {},
    events: { bus: true },
    erp: { acknowledgeWithinHours: 4, commandsLateMinutes: 15 },
    platforms: { nuvemshop: { ...settings.nuvemshop, stores: [{ storeId: '5665778', customers: true }] } },
  };
  const mastered = { stock: { master: 'nuvemshop', since: '2026-12-01T00:00:00Z' } };
  const withAll = [merchantWith(wishes), merchantWith(mastered)].flatMap((merchant) =>
    resourcesOf(stacksOf(merchant), 'AWS::CloudWatch::Alarm'),
  );
  const names = [
    ...alarms.map(({ AlarmName }) => AlarmName),
    ...withAll.map(({ Properties }) => String(Properties.AlarmName)),
  ];
  expect(new Set(names.map(kindOf))).toEqual(new Set(Object.keys(ALARMS)));
});

test('a platform has the alarms for what it can do', () => {
  const has = kindsOf;
  const every = ['platform-paused', 'not-connected', 'reconcile-not-running'];
  expect(has('nuvemshop')).toEqual(
    new Set([...every, 'no-webhooks', 'bucket-nearly-full', 'store-erasure-waiting']),
  );
  expect(has('pedidosya')).toEqual(new Set([...every, 'no-webhooks', 'outlet-not-configured']));
  expect(has('imotriz')).toEqual(
    new Set([
      ...every,
      'poller-failing',
      'poller-not-running',
      'poller-found-nothing',
      'pages-set-aside',
      'page-handed-out-twice',
      'orders-withheld',
      'reconcile-off',
    ]),
  );
});

test('the platforms share the alarms on what is over soon', () => {
  expect(kindsOf('platforms')).toEqual(
    new Set([
      'orders-late',
      'platform-throttling',
      'webhooks-with-bad-signature',
      'reconcile-failing',
      'reconcile-orders-failing',
      'commands-in-doubt',
      'commands-late',
    ]),
  );
});

test('all functions of the account share two alarms, and have their own in an account that others use too', () => {
  const shared = merchantWith({ accountIsShared: true });
  const named = (merchant: typeof demo) =>
    resourcesOf(stacksOf(merchant), 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => alarmSchema.parse(Properties))
      .filter(({ AlarmName }) => /function-(failing|throttled)$/.test(AlarmName));
  const functions = resourcesOf(stacks, 'AWS::Lambda::Function');

  expect(named(demo).map(({ MetricName: name, Dimensions }) => [name, Dimensions])).toEqual([
    ['Errors', []],
    ['Throttles', []],
  ]);
  expect(named(shared)).toHaveLength(2 * functions.length);
  for (const { Dimensions } of named(shared)) expect(Dimensions[0]?.Name).toBe('FunctionName');
});

test('no definition names a platform', () => {
  const texts = JSON.stringify(ALARMS).toLowerCase();
  for (const { name, title } of platforms()) {
    expect(texts).not.toContain(name);
    expect(texts).not.toContain(title.toLowerCase());
  }
});

test('a platform with several stores is silent when the store that runs most often is', () => {
  const platforms = {
    imotriz: polledAt({ everyMinutes: 5, quietHours: 48 }, { everyMinutes: 60, quietHours: 6 }),
  };
  const of = (kind: string) =>
    resourcesOf(stacksOf(merchantWith({ platforms })), 'AWS::CloudWatch::Alarm')
      .map((one) => alarmSchema.parse(one.Properties))
      .find((one) => kindOf(one.AlarmName) === kind);
  expect(of('poller-not-running')).toMatchObject({ Period: 600, EvaluationPeriods: 2 });
  expect(of('poller-found-nothing')).toMatchObject({ Period: 3600, EvaluationPeriods: 6 });
  expect(of('poller-failing')).toMatchObject({ Period: 4 * 3600, EvaluationPeriods: 1 });
});

test('no two alarms have one name', () => {
  expect(new Set(alarms.map((one) => one.AlarmName)).size).toBe(alarms.length);
});

test('the composite alarm is on for each critical alarm and for no other', () => {
  const [composite] = resourcesOf(stacks, 'AWS::CloudWatch::CompositeAlarm');
  const rule = flatten(composite?.Properties.AlarmRule);
  const nameOf = (id = '') => String(resourcesOf(stacks).find((one) => one.id === id)?.Properties.AlarmName);
  const inState = (state: string): string[] =>
    [...rule.matchAll(new RegExp(`\\b${state}\\("([^"]+)\\.Arn"\\)`, 'g'))].map(([, id]) => nameOf(id));
  const critical = alarms.filter((one) => one.AlarmDescription.startsWith('CRITICAL'));
  const silent = critical.filter(({ TreatMissingData }) => TreatMissingData === 'missing');
  const others = critical.filter((one) => !silent.includes(one));
  expect(inState('ALARM').sort()).toEqual(others.map((one) => one.AlarmName).sort());
  expect(inState('INSUFFICIENT_DATA')).toEqual(silent.map((one) => one.AlarmName));
});

describe('a new deployment is quiet', () => {
  test('no alarm rings for data that was never there', () => {
    expect(new Set(alarms.map((one) => one.TreatMissingData))).toEqual(
      new Set(['notBreaching', 'ignore', 'missing']),
    );
  });

  test('what has to happen again and again rings when it stops: in the state that an alarm begins in', () => {
    const telling = alarms.filter((one) => one.InsufficientDataActions.length > 0);

    expect(telling.map((one) => one.AlarmName).sort()).toEqual([
      'Acopio-demo.erp-sweep.sweep-not-running',
      'Acopio-demo.imotriz.poller-not-running',
      'Acopio-demo.imotriz.reconcile-not-running',
      'Acopio-demo.nuvemshop.reconcile-not-running',
      'Acopio-demo.pedidosya.reconcile-not-running',
    ]);
    expect(telling.map((one) => one.TreatMissingData)).toEqual(telling.map(() => 'missing'));
  });

  test('the alarm over all counts such a silence only once the platform was connected', () => {
    const [composite] = resourcesOf(stacks, 'AWS::CloudWatch::CompositeAlarm');

    expect(flatten(composite?.Properties.AlarmRule)).toMatch(
      /\(INSUFFICIENT_DATA\("Imotrizpollernotrunning\w+\.Arn"\) AND OK\("Imotrizplatformpaused\w+\.Arn"\)\)/,
    );
  });

  test('a mail says that it is over only where somebody waits for that', () => {
    const told = [...alarms, ...composites].filter((one) => one.OKActions.length > 0);

    expect(told.map((one) => one.AlarmName).sort()).toEqual([
      'Acopio-demo.erp-webhooks.endpoint-failing',
      'Acopio-demo.erp.orders-unacknowledged',
      'Acopio-demo.imotriz.platform-paused',
      'Acopio-demo.nuvemshop.platform-paused',
      'Acopio-demo.orders-at-risk',
      'Acopio-demo.pedidosya.platform-paused',
      'Acopio-demo.platforms.commands-in-doubt',
    ]);
  });
});

describe('windows stay within what CloudWatch evaluates (PutMetricAlarm: one day, or seven from hourly periods on)', () => {
  const longest = { webhookQuietHours: 168 };
  const poll = (...polls: { everyMinutes: number; quietHours: number }[]) => ({
    platforms: { ...demo.platforms, imotriz: polledAt(...polls) },
  });
  test.each([
    ['the demo', {}],
    ['the longest quiet times', { ...longest, ...poll({ everyMinutes: 60, quietHours: 168 }) }],
    ['the shortest', { webhookQuietHours: 1, ...poll({ everyMinutes: 1, quietHours: 1 }) }],
    ['polls every 29 minutes', poll({ everyMinutes: 29, quietHours: 24 })],
    ['polls every 31 minutes', poll({ everyMinutes: 31, quietHours: 24 })],
    ['two stores', poll({ everyMinutes: 1, quietHours: 168 }, { everyMinutes: 60, quietHours: 1 })],
  ])('%s', (_, changes) => {
    for (const { Properties } of resourcesOf(stacksOf(merchantWith(changes)), 'AWS::CloudWatch::Alarm')) {
      const { AlarmName, Period, EvaluationPeriods, DatapointsToAlarm } = alarmSchema.parse(Properties);
      expect(Period % 60, AlarmName).toBe(0);
      expect(Period * EvaluationPeriods, AlarmName).toBeLessThanOrEqual(Period < 3600 ? 86_400 : 604_800);
      expect(DatapointsToAlarm, AlarmName).toBeLessThanOrEqual(EvaluationPeriods);
    }
  });
});

describe('metrics of our own', () => {
  const ours = alarms.filter((one) => one.Namespace === METRIC_NAMESPACE);
  const sources = globSync('functions/**/*.ts', { cwd: ROOT }).map((file) => ({
    folder: dirname(file),
    text: readFileSync(join(ROOT, file), 'utf8'),
  }));

  /**
   * Calls of `add` with the name written out; or with a computed name, in a file whose folder spells the name elsewhere. A zero
   * that keeps a graph continuous is no emission.
   */
  function emits({ folder, text }: (typeof sources)[number], metric: string): boolean {
    const spelled = () => sources.some((one) => one.folder === folder && one.text.includes(`'${metric}'`));
    const calls = [...text.matchAll(/\.add\(\s*([^,()]+),\s*([^,()]+),(?!\s*0[,\s]*\))/g)];
    return calls.some(
      ([, name, of = '']) =>
        /(^|\.)platform(\.name)?$/.test(of) &&
        (name === `'${metric}'` || (!name?.startsWith("'") && spelled())),
    );
  }

  const emitting = (metric: string) => sources.filter((source) => emits(source, metric));
  const isShared = (metric: string) => SHARED_METRICS.some((one) => one === metric);

  test.each(ours.map((one) => [one.AlarmName, one] as const))('%s watches what is emitted', (_, alarm) => {
    const metric = alarm.MetricName as MetricName;
    expect(alarm.Dimensions.map((one) => one.Name).sort()).toEqual(
      [...METRIC_DIMENSIONS[keptBy(metric)]].sort(),
    );
    if (!isShared(metric)) expect(emitting(metric), `nobody emits ${metric}`).not.toEqual([]);
  });

  test.each(Object.keys(PROBLEMS))('%s rings an alarm that others share, and is emitted', (metric) => {
    expect(isShared(METRICS[metric as MetricName])).toBe(true);
    expect(emitting(metric), `nobody emits ${metric}`).not.toEqual([]);
  });
});

test('a failing poller is noticed at its longest backoff, whatever its interval', () => {
  for (const everyMinutes of [1, 5, 6, 15, 30, 60]) {
    const platforms = { imotriz: polledAt({ everyMinutes }) };
    const [failing] = resourcesOf(stacksOf(merchantWith({ platforms })), 'AWS::CloudWatch::Alarm')
      .map((one) => alarmSchema.parse(one.Properties))
      .filter((one) => kindOf(one.AlarmName) === 'poller-failing');
    const minutesBetweenFailures = 15 + everyMinutes;
    expect(failing?.Period).toBeGreaterThanOrEqual((failing?.Threshold ?? 0) * minutesBetweenFailures * 60);
  }
});
