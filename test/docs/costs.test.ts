import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { API_THROTTLES } from '../../lib/constructs/erp-api.ts';
import { THROTTLES } from '../../lib/constructs/webhook-api.ts';
import { demo, resourcesOf, stacksOf } from '../lib/assembly.ts';
import { costTable } from './cost-table.ts';

const { series, alarms, secrets, rest, together } = costTable();
const stacks = stacksOf(demo);
/** Public prices of CloudWatch and Secrets Manager, USD a month, and what CloudWatch gives everybody. */
const PRICE = { series: 0.3, alarm: 0.1, composite: 0.5, secret: 0.4 };
const FREE = { series: 10, alarms: 10 };

// How many series there are is seen on the local cloud: test/system/reconcile.test.ts.
describe('what the README says of costs', () => {
  it('counts the alarms and secrets of the templates', () => {
    expect(resourcesOf(stacks, 'AWS::CloudWatch::Alarm')).toHaveLength(alarms.count);
    expect(resourcesOf(stacks, 'AWS::CloudWatch::CompositeAlarm')).toHaveLength(1);
    expect(resourcesOf(stacks, 'AWS::SecretsManager::Secret')).toHaveLength(secrets.count);
  });

  it('follows from the counts and the public prices', () => {
    expect(series.idlePrice).toBeCloseTo((series.idle - FREE.series) * PRICE.series);
    expect(series.morePrice).toBeCloseTo((series.atWork - series.idle) * PRICE.series);
    expect(alarms.price).toBeCloseTo((alarms.count - FREE.alarms) * PRICE.alarm + PRICE.composite);
    expect(secrets.price).toBeCloseTo(secrets.count * PRICE.secret);
  });

  it('adds up', () => {
    const idle = series.idlePrice + alarms.price + secrets.price + rest.idle;

    expect(together.idle).toBe(Math.round(idle));
    expect(together.more).toBe(Math.round(series.morePrice + rest.more));
  });
});

describe('what a flood costs that stays below the limits for a day', () => {
  const DAY_S = 86_400;
  const PER_MILLION_USD = 3;
  const usd = ({ rateLimit }: { rateLimit: number }) => (rateLimit * DAY_S * PER_MILLION_USD) / 1e6;

  it.each([
    [
      'README.md',
      /at most about ([\d.]+) a day on a\s+webhook, ([\d.]+) on a route of the API and ([\d.]+) on any other/,
    ],
    [
      'README.es.md',
      /como mucho unos ([\d,]+)\s+por día en un webhook, ([\d,]+) en una ruta de la API y ([\d,]+) en cualquier otra/,
    ],
    [
      'docs/decisions/0024-the-public-doors.md',
      /costs about\s+([\d.]+) USD on a webhook, ([\d.]+) USD on a route of the API .* and ([\d.]+) USD on any other/,
    ],
  ])('follows from the limits: %s', (file, pattern) => {
    const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

    const [, ...said] = pattern.exec(text) ?? [];

    const numbers = said.map((one) => Number(one.replace(',', '.')));
    const others = [THROTTLES.install, THROTTLES.astray, API_THROTTLES.astray];
    for (const other of others) expect(usd(other)).toBeCloseTo(numbers[2] ?? 0, 1);
    for (const route of [API_THROTTLES.read, API_THROTTLES.write])
      expect(usd(route)).toBeCloseTo(numbers[1] ?? 0, 1);
    expect(usd(THROTTLES.webhook)).toBeCloseTo(numbers[0] ?? 0, 1);
  });
});
