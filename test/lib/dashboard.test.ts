import { expect, test } from 'vitest';
import * as z from 'zod';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const [dashboard] = resourcesOf(stacks, 'AWS::CloudWatch::Dashboard');
const { widgets } = z
  .object({
    widgets: z.array(
      z.object({
        type: z.enum(['alarm', 'metric', 'text']),
        properties: z.looseObject({
          title: z.string().optional(),
          markdown: z.string().optional(),
          alarms: z.array(z.string()).default([]),
          metrics: z.array(z.array(z.unknown())).default([]),
        }),
      }),
    ),
  })
  .parse(JSON.parse(flatten(dashboard?.Properties.DashboardBody)));
const titles = widgets.map(({ properties: { title, markdown } }) => title ?? markdown);

test('the alarms come first, then what the shop cares for, then the plumbing of each platform', () => {
  const plumbing = ['Arrivals', 'Queue', 'Sent again'];

  expect(titles).toEqual([
    'Alarms',
    'New orders per hour',
    'Seconds from platform to row',
    'What waits for a person',
    'Platforms that nobody can call',
    '## Nuvemshop',
    ...plumbing,
    'Percent of the limit',
    '## PedidosYa',
    ...plumbing,
    '## iMotriz',
    ...plumbing,
  ]);
});

test('each graph of the shop has every platform, but that of what platforms share', () => {
  const [created, seconds, , nobody] = widgets.slice(1, 5);
  for (const { properties } of [created, seconds, nobody].filter((one) => one !== undefined))
    for (const platform of ['nuvemshop', 'pedidosya', 'imotriz'])
      expect(JSON.stringify(properties.metrics), properties.title).toContain(`"${platform}"`);
});

test('it shows the state of every alarm', () => {
  const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    resourcesOf(stacks, type).map(({ Properties }) => String(Properties.AlarmName)),
  );

  const shown = widgets.flatMap(({ properties }) =>
    properties.alarms.map((arn) => arn.replace(/^.*:alarm:/, '')),
  );

  expect(shown.sort()).toEqual(alarms.sort());
});

test('it has no more metrics than AWS shows for nothing', () => {
  const metrics = widgets.flatMap(({ properties }) =>
    properties.metrics.map((metric) => JSON.stringify(metric.filter((part) => typeof part === 'string'))),
  );

  expect(new Set(metrics).size).toBeLessThanOrEqual(50);
});
