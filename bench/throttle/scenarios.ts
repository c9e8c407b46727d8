import { LARGE, type Scenario, SMALL } from './scenario.ts';

const usual = { plan: SMALL, consumers: 50, queue: {}, skewMs: 20 };
const bulk = (count: number) => ({ kind: 'backlog', priority: 'bulk', count }) as const;
const backlog: Scenario = { ...usual, name: 'backlog 2,000 at 40 / 2', arrivals: [bulk(2000)] };
const alone = { windowMs: 0, batchSize: 1 };

/** The scenario every design plays: the table of comparison. */
export const comparison: Scenario = backlog;

/** What a message of each class goes through while a backlog is worked off. */
export const urgentScenarios: Scenario[] = [0.2, 0.8].map((perSecond) => ({
  ...usual,
  name: `urgent ${perSecond}/s behind 2,000 bulk`,
  urgentQueue: { windowMs: 0 },
  arrivals: [
    bulk(2000),
    { kind: 'poisson', priority: 'urgent', perSecond, count: perSecond === 0.2 ? 225 : 1400 },
  ],
}));

/** What may not break the limit. */
export const ownScenarios: Scenario[] = [
  backlog,
  { ...usual, name: 'backlog 2,000 at 400 / 20', plan: LARGE, arrivals: [bulk(2000)] },
  {
    ...usual,
    name: 'bursts of 120 every 90 s',
    arrivals: Array.from({ length: 10 }, (_, i) => ({ ...bulk(120), at: i * 90_000 })),
  },
  {
    ...usual,
    name: 'sparse, one every 3 s',
    queue: alone,
    arrivals: [{ kind: 'every', priority: 'urgent', everyMs: 3000, count: 300 }],
  },
  {
    ...usual,
    name: 'window boundary: 40, and 40 more 20 s later',
    queue: alone,
    arrivals: [
      { kind: 'every', priority: 'urgent', everyMs: 1, count: 1 },
      { kind: 'backlog', priority: 'urgent', count: 40, at: 19_500 },
      { kind: 'backlog', priority: 'urgent', count: 40, at: 20_500 },
      { kind: 'backlog', priority: 'urgent', count: 40, at: 40_500 },
    ],
  },
  {
    ...usual,
    name: 'Poisson at 80 %, one call a batch',
    queue: alone,
    arrivals: [{ kind: 'poisson', priority: 'urgent', perSecond: 1.6, count: 2000 }],
  },
  { ...backlog, name: 'backlog, clock skew σ 0.5 s', skewMs: 500 },
  {
    ...usual,
    name: 'Poisson at 80 %, clock skew σ 0.5 s',
    queue: alone,
    skewMs: 500,
    arrivals: [{ kind: 'poisson', priority: 'urgent', perSecond: 1.6, count: 2000 }],
  },
  {
    ...backlog,
    name: 'plan raised to 400 / 20 after 200 s',
    changes: [{ at: 200_000, plan: LARGE }],
  },
  {
    ...usual,
    name: 'plan lowered to 40 / 2 after 30 s',
    plan: LARGE,
    changes: [{ at: 30_000, plan: SMALL }],
    arrivals: [bulk(2000)],
  },
  { ...backlog, name: 'backlog, 0.1 % of invocations die', queue: { deathRate: 0.001 } },
  { ...backlog, name: 'backlog, 2 % of invocations die', queue: { deathRate: 0.02 } },
  { ...backlog, name: 'backlog, five pollers', queue: { pollers: 5 } },
  { ...backlog, name: 'backlog, batches of 100', queue: { batchSize: 100 } },
  { ...backlog, name: 'backlog, 20 % foreign traffic', foreign: 0.2 },
];
