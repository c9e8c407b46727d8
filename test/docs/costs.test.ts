import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../functions/runtime/metric-names.ts';
import { API_THROTTLES } from '../../lib/constructs/erp-api.ts';
import { THROTTLES } from '../../lib/constructs/webhook-api.ts';
import { checkBudget } from '../../lib/cost/budget.ts';
import { type CostLine, idleCost, together } from '../../lib/cost/idle.ts';
import { NOTHING, usdByService, usdPerMillion } from '../../lib/cost/units.ts';
import {
  costDocument,
  IDLE_BOUND_AFTER_FREE_USD,
  IDLE_BOUND_USD,
  readmeCosts,
} from '../../scripts/cost-document.ts';
import { eventCostsSection, readEventCosts, readmeEventCosts } from '../../scripts/event-costs-document.ts';
import { appOf, demo, merchantWith, resourcesOf, stacksOf } from '../lib/assembly.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const full = merchantWith({ stock: {} });
const resources = resourcesOf(stacksOf(full));
const lines = idleCost(resources);
const [dashboard] = lines.filter(({ what }) => what === 'dashboards');

/**
 * Why a deployment costs more than it may, in one sentence that names what made the difference: the resources that are not
 * among the known ones, or the dearest line where all are known.
 */
function overBound(
  lines: readonly CostLine[],
  boundUsd: number,
  isKnown: (name: string) => boolean,
): string | undefined {
  const usd = together(lines);
  if (usd <= boundUsd) return undefined;
  const unknown = lines.flatMap(({ resources }) => resources).filter(({ name }) => !isKnown(name));
  const [dearest] = lines.toSorted((a, b) => b.usd - a.usd);
  const blame = unknown.length > 0 ? unknown : [{ name: `all ${dearest?.what}`, usd: dearest?.usd ?? 0 }];
  const named = blame.map((one) => `${one.name} (${one.usd.toFixed(2)})`).join(', ');
  return `An idle deployment costs ${usd.toFixed(2)} USD a month, more than ${boundUsd.toFixed(2)}, because of ${named}.`;
}

describe('what an idle deployment costs', () => {
  const document = read('docs/cost.md');
  /** An alarm by its kind and what it is about; other resources have no names of their own. */
  const isKnown = (name: string) =>
    name
      .split('.')
      .slice(1)
      .every((part) => document.includes(part));

  it('stays below its bound at list prices, the dashboard aside', () => {
    const [others] = [lines.filter((line) => line !== dashboard)];

    expect(overBound(others, IDLE_BOUND_USD, isKnown)).toBeUndefined();
  });

  it('stays below 10 USD a month after what AWS gives each account for nothing', () => {
    expect(together(lines, 'usdAfterFree')).toBeLessThanOrEqual(IDLE_BOUND_AFTER_FREE_USD);
    expect(IDLE_BOUND_AFTER_FREE_USD).toBe(10);
  });

  it('is said with the name of what made it more', () => {
    const alarm = { AlarmName: 'Acopio-demo.shop.new-one', TreatMissingData: 'missing', Period: 60 };
    const more = [...resources, { id: 'New', Type: 'AWS::CloudWatch::Alarm', Properties: alarm }];

    const sentence = overBound(idleCost(more), 15.6, isKnown);

    expect(sentence).toMatch(
      /costs 15\.66 USD a month, more than 15\.60, because of Acopio-demo\.shop\.new-one \(0\.10\)\.$/,
    );
  });

  it.each([
    [
      'an alarm on three metrics',
      {
        AlarmName: 'a',
        TreatMissingData: 'missing',
        Metrics: [{ MetricStat: {} }, { MetricStat: {} }, { MetricStat: {} }, { Expression: 'm1+m2+m3' }],
      },
      0.3,
    ],
    ['an alarm each ten seconds', { AlarmName: 'a', TreatMissingData: 'missing', Period: 10 }, 0.3],
  ])('counts %s at what AWS asks for it', (_, Properties, usd) => {
    const [alarms] = idleCost([{ id: 'One', Type: 'AWS::CloudWatch::Alarm', Properties }]);

    expect(alarms?.usd).toBeCloseTo(usd);
  });

  it('counts five waiting connections to a queue with a bound on its consumers, and two without', () => {
    const queue = { id: 'Queue', Type: 'AWS::SQS::Queue', Properties: {} };
    const mapping = (more: object) => ({
      id: 'Source',
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, ...more },
    });
    const polling = (more: object) =>
      idleCost([queue, mapping(more)]).find(({ what }) => what === 'polling')?.usd;

    expect(polling({ ScalingConfig: { MaximumConcurrency: 2 } })).toBeCloseTo(0.2628);
    expect(polling({})).toBeCloseTo(0.10512);
  });

  it('has no traces: each would cost as much as the calls of forty functions', () => {
    for (const { Properties } of resourcesOf(stacksOf(full), 'AWS::Lambda::Function'))
      expect(Properties.TracingConfig).toBeUndefined();
  });
});

describe('docs/cost.md and the READMEs', () => {
  it('are what the templates come to', () => {
    const document = read('docs/cost.md');

    expect(document).toBe(costDocument(resources, readEventCosts()));
    expect(read('README.md')).toContain(readmeCosts(resources, 'en'));
    expect(read('README.es.md')).toContain(readmeCosts(resources, 'es'));
  });
});

describe('what an event costs', () => {
  const figures = readEventCosts();
  const units = { ...NOTHING, writeUnits: 2, readUnits: 8, httpRequests: 1, invocations: 1 };

  it('is in the READMEs as the last run counted it', () => {
    expect(read('README.md')).toContain(readmeEventCosts(figures, 'en'));
    expect(read('README.es.md')).toContain(readmeEventCosts(figures, 'es'));
  });

  it('is what AWS asks for each of its units, by what takes them', () => {
    expect(usdByService(units)).toEqual({
      requests: 1,
      writes: 1.25,
      reads: 1,
      queue: 0,
      compute: 0.2,
      logs: 0,
    });
    expect(usdPerMillion(units)).toBeCloseTo(3.45);
  });

  it('has the way to the feed together, and what follows the rows beside it', () => {
    const parts = { arrival: units, feed: units, tracker: units };
    const one = { platform: 'A shop', rhythm: 'one at a time', events: 1, parts };

    const section = eventCostsSection({ events: [one], reconciliation: [] });

    expect(section).toContain(
      '| A shop, one at a time | **6.90** | 2.00 | 2.50 | 2.00 | 0.00 | 0.40 | 0.00 | 3.45 |',
    );
  });

  it('has an order that is compared as often as the schedule looks at it', () => {
    const cost = {
      platform: 'A shop',
      run: { ...NOTHING, writeUnits: 8 },
      runsADay: 100,
      orders: 300,
      looks: 20,
      look: { ...NOTHING, readUnits: 1 },
      sparedLooks: 100,
      sparedLook: { ...NOTHING, readUnits: 0.1 },
    };

    const section = eventCostsSection({ events: [], reconciliation: [cost] });

    expect(section).toContain(
      '| A shop | 120 | 20 | **3.75** | 0.00 | 0.00 | 3.75 | 0.00 | 0.00 | 0.00 | 1.25 |',
    );
  });
});

describe('every metric is looked at', () => {
  const shown = JSON.stringify(resourcesOf(stacksOf(full), 'AWS::CloudWatch::Dashboard'));
  const alarmed = ['stock', 'nothing'].flatMap((of) =>
    resourcesOf(stacksOf(of === 'stock' ? full : demo), 'AWS::CloudWatch::Alarm').map(
      ({ Properties }) => Properties.MetricName,
    ),
  );
  const queries = resourcesOf(stacksOf(full), 'AWS::Logs::QueryDefinition').map(({ Properties }) =>
    String(Properties.QueryString),
  );
  const [problems = '', counts = ''] = ['problems', 'counts'].map((name) =>
    queries.find((text) => text.includes(name === 'problems' ? 'NeedsAttention > 0' : 'by bin(1h)')),
  );

  it.each(Object.entries(METRICS))('%s, which is kept as %s', (name, kept) => {
    if (kept === 'inLog') expect(counts).toContain(`sum(${name})`);
    else if (kept === 'NeedsAttention' || kept === 'OrdersEndangered') {
      expect(alarmed).toContain(kept);
      expect(problems).toMatch(new RegExp(`\\b${name}\\b`));
    } else
      expect(alarmed.includes(name) || shown.includes(`\\"${name}\\"`), `nobody looks at ${name}`).toBe(true);
  });

  it('and every query reads the log of every function', () => {
    const functions = resourcesOf(stacksOf(full), 'AWS::Lambda::Function');

    for (const { Properties } of resourcesOf(stacksOf(full), 'AWS::Logs::QueryDefinition'))
      expect(Properties.LogGroupNames).toHaveLength(functions.length);
  });
});

describe('the budget', () => {
  const stacksIn = (merchant: typeof demo) => appOf(merchant).synth().stacks;

  it('of the demo rings for a surprise: its first mail comes a quarter above what the demo costs idle', () => {
    const first = (demo.monthlyBudgetUsd ?? 0) * 0.8;

    expect(first).toBeGreaterThanOrEqual(1.25 * together(lines));
  });

  it('that its own base reaches is refused before anything is deployed, with what to write', () => {
    const small = merchantWith({ stock: {}, monthlyBudgetUsd: 10 });

    expect(() => checkBudget(stacksIn(small), small)).toThrow(
      /would ring each month, without an order: it is 10 USD\.\nSet monthlyBudgetUsd to 25 or more \(16 where/,
    );
  });

  it('that is large enough, or that there is not, is let through', () => {
    for (const monthlyBudgetUsd of [16, 25, undefined]) {
      const merchant = merchantWith({ stock: {}, monthlyBudgetUsd });

      expect(() => checkBudget(stacksIn(merchant), merchant)).not.toThrow();
    }
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
