import { LARGE, type Scenario, SMALL } from './scenario.ts';

const small = { ...SMALL, queues: true };
const large = { ...LARGE, queues: true };
/** The deployed shape: one queue without a window, and few consumers. */
const deployed = { plan: small, consumers: 5, queue: { windowMs: 0, pollers: 5 }, skewMs: 20 };
/** The same in an account of ten concurrent functions, which three platforms share. */
const deployedSmall = { ...deployed, consumers: 2, queue: { windowMs: 0, pollers: 2 } };
const bulk = (count: number) => ({ kind: 'backlog', priority: 'bulk', count }) as const;
const urgent = (perSecond: number, count: number) =>
  ({ kind: 'poisson', priority: 'urgent', perSecond, count }) as const;

/** A platform that answers a call only once those before it have leaked out, as the largest of ours does. */
export const queueingScenarios: Scenario[] = [
  { ...deployed, name: 'backlog 1,000, urgent 0.2/s', arrivals: [bulk(1000), urgent(0.2, 110)] },
  { ...deployed, name: 'backlog 2,000, nothing urgent', arrivals: [bulk(2000)] },
  {
    ...deployed,
    name: 'backlog 1,000, fifty in a message, urgent 0.2/s',
    arrivals: [{ ...bulk(1000), together: 50 }, urgent(0.2, 110)],
  },
  {
    ...deployedSmall,
    name: 'the same with two consumers',
    arrivals: [{ ...bulk(1000), together: 50 }, urgent(0.2, 110)],
  },
  {
    ...deployedSmall,
    name: 'two consumers, one in a message, urgent 0.2/s',
    arrivals: [bulk(1000), urgent(0.2, 110)],
  },
  {
    ...deployed,
    name: 'backlog 1,000, urgent 0.2/s, a window of 1 s',
    queue: { windowMs: 1000, pollers: 5 },
    arrivals: [bulk(1000), urgent(0.2, 110)],
  },
  {
    ...deployed,
    name: '120 urgent at once',
    arrivals: [{ kind: 'backlog', priority: 'urgent', count: 120 }],
  },
  {
    ...deployed,
    name: 'backlog 4,000 at 400 / 20, urgent 2/s',
    plan: large,
    arrivals: [bulk(4000), urgent(2, 440)],
  },
  {
    ...deployed,
    name: 'raised to 400 / 20 after 200 s',
    changes: [{ at: 200_000, plan: large }],
    arrivals: [bulk(3000)],
  },
  {
    ...deployed,
    name: 'lowered to 40 / 2 after 30 s',
    plan: large,
    configured: small,
    changes: [{ at: 30_000, plan: small }],
    arrivals: [bulk(1500)],
  },
  {
    ...deployed,
    name: '40, 400 from 200 s, 40 from 300 s',
    changes: [
      { at: 200_000, plan: large },
      { at: 300_000, plan: small },
    ],
    arrivals: [bulk(2700)],
  },
  {
    ...deployed,
    name: '5 % of table writes lost, 30 % throttled',
    tableFaults: { lost: 0.05, throttled: 0.3 },
    arrivals: [bulk(1000), urgent(0.2, 110)],
  },
  {
    ...deployed,
    name: 'one clock of five a minute ahead',
    wrongClockMs: 60_000,
    arrivals: [bulk(1000), urgent(0.2, 110)],
  },
];

/** Loads whose consumer is counted with all that it reads and writes. */
export const consumerScenarios: Scenario[] = queueingScenarios.filter(({ name }) =>
  [
    'backlog 1,000, fifty in a message, urgent 0.2/s',
    'the same with two consumers',
    'two consumers, one in a message, urgent 0.2/s',
    '120 urgent at once',
  ].includes(name),
);
