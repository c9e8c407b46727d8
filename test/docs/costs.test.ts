import { describe, expect, it } from 'vitest';
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
