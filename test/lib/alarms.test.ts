import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS } from '../../functions/runtime/metric-names.ts';
import { ALARMS } from '../../lib/alarms/catalogue.ts';
import { demo, flatten, merchantWith, ROOT, resourcesOf, stacksOf } from './assembly.ts';

const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.unknown().transform(flatten),
  AlarmActions: z.array(z.unknown().transform(flatten)),
  MetricName: z.string(),
  Namespace: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  Period: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.string(),
  Threshold: z.number(),
});

const stacks = stacksOf(demo);
const alarms = resourcesOf(stacks, 'AWS::CloudWatch::Alarm').map((one) => alarmSchema.parse(one.Properties));
const composites = resourcesOf(stacks, 'AWS::CloudWatch::CompositeAlarm').map((one) =>
  alarmSchema.pick({ AlarmName: true, AlarmDescription: true, AlarmActions: true }).parse(one.Properties),
);
const kindOf = (alarmName: string): string => alarmName.split('.').at(-1) ?? '';

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
    // CloudWatch's limit, with room for the account and the names that are filled in when it is deployed.
    expect(alarm.AlarmDescription.length).toBeLessThan(900);
  });
});

test('every kind of alarm is raised for the demo, which has all platforms', () => {
  expect(new Set(alarms.map((one) => kindOf(one.AlarmName)))).toEqual(new Set(Object.keys(ALARMS)));
});

test('no two alarms have one name', () => {
  expect(new Set(alarms.map((one) => one.AlarmName)).size).toBe(alarms.length);
});

test('the composite alarm is on for each critical alarm and for no other', () => {
  const [composite] = resourcesOf(stacks, 'AWS::CloudWatch::CompositeAlarm');
  const named = flatten(composite?.Properties.AlarmRule).matchAll(/ALARM\("[^"]*:alarm:([^"]+)"\)/g);
  const critical = alarms.filter((one) => one.AlarmDescription.startsWith('CRITICAL'));
  expect([...named].map((match) => match[1]).sort()).toEqual(critical.map((one) => one.AlarmName).sort());
});

describe('windows stay within what CloudWatch evaluates (PutMetricAlarm: one day, or seven from hourly periods on)', () => {
  const longest = { webhookQuietHours: 168 };
  const poll = (everyMinutes: number, quietHours: number) => ({
    platforms: {
      ...demo.platforms,
      imotriz: { ...demo.platforms.imotriz, poll: { everyMinutes, quietHours } },
    },
  });
  test.each([
    ['the demo', {}],
    ['the longest quiet times', { ...longest, ...poll(60, 168) }],
    ['the shortest', { webhookQuietHours: 1, ...poll(1, 1) }],
    ['polls every 29 minutes', poll(29, 24)],
    ['polls every 31 minutes', poll(31, 24)],
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
  const sources = globSync('functions/**/*.ts', { cwd: ROOT, exclude: ['functions/contract/**'] }).map(
    (file) => readFileSync(join(ROOT, file), 'utf8'),
  );
  const platformOf = (alarm: (typeof ours)[number]): string =>
    flatten(alarm.Dimensions.find((one) => one.Name === 'platform')?.Value);

  /**
   * Calls of `add` with the name written out; or with a computed name, in a file that spells the name elsewhere. A zero
   * that keeps a graph continuous is no emission.
   */
  function emits(source: string, metric: string, platform: string): boolean {
    const calls = [...source.matchAll(/\.add\(\s*([^,()]+),\s*([^,()]+),(?!\s*0[,\s]*\))/g)];
    return calls.some(([, name, of]) => {
      const named = name === `'${metric}'` || (!name?.startsWith("'") && source.includes(metric));
      return named && (of === `'${platform}'` || of === 'platform');
    });
  }

  test.each(ours.map((one) => [one.AlarmName, one] as const))('%s watches what is emitted', (_, alarm) => {
    expect(Object.keys(METRICS)).toContain(alarm.MetricName);
    expect(alarm.Dimensions.map((one) => one.Name).sort()).toEqual([...METRIC_DIMENSIONS].sort());
    const emitting = sources.filter((source) => emits(source, alarm.MetricName, platformOf(alarm)));
    expect(emitting, `nobody emits ${alarm.MetricName} for ${platformOf(alarm)}`).not.toEqual([]);
  });
});

test('a failing poller is noticed at its longest backoff, whatever its interval', () => {
  for (const everyMinutes of [1, 5, 6, 15, 30, 60]) {
    const platforms = { imotriz: { ...demo.platforms.imotriz, poll: { everyMinutes } } };
    const [failing] = resourcesOf(stacksOf(merchantWith({ platforms })), 'AWS::CloudWatch::Alarm')
      .map((one) => alarmSchema.parse(one.Properties))
      .filter((one) => kindOf(one.AlarmName) === 'poller-failing');
    const minutesBetweenFailures = 15 + everyMinutes;
    expect(failing?.Period).toBeGreaterThanOrEqual((failing?.Threshold ?? 0) * minutesBetweenFailures * 60);
  }
});
