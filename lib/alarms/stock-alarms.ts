import { ALONE, type AlarmDefinition } from './definition.ts';

const MINUTE_MS = 60_000;

/** What tells that more may be shown than there is. */
export const STOCK_ALARMS = {
  'stock-behind': {
    severity: 'critical',
    happened:
      'Orders have waited for more than 5 minutes to be claimed: meanwhile their goods can be sold again.',
    firstStep: 'Read the last lines of level ERROR in the log of the tracker: they name what it cannot do.',
    watched: { aws: 'IteratorAge', statistic: 'Maximum' },
    breach: { atLeast: 5 * MINUTE_MS },
    periodMinutes: 5,
    periods: 1,
    // Lambda says nothing while no order comes.
    missing: 'notBreaching',
    alone: ALONE.reader,
  },
  'stock-late': {
    severity: 'critical',
    happened:
      'For a quarter of an hour a store has not been told what it may show of stock, or for more than an hour what to charge.',
    firstStep: 'Read the last lines of the log of the teller: they name what the platform answers.',
    watched: { ours: 'StockLateSeconds', statistic: 'Maximum' },
    breach: { atLeast: 300 },
    periodMinutes: 5,
    periods: 3,
    missing: 'notBreaching',
    alone: ALONE.measure,
  },
  'stock-not-compared': {
    severity: 'warning',
    happened: 'For two days nobody has compared what the channels show with what they were told.',
    firstStep:
      'Read the last lines of the log of the comparer, then compare by hand: "npx acopio stock drift".',
    watched: { ours: 'StockCompared', statistic: 'Sum' },
    breach: { below: 1 },
    periodMinutes: 24 * 60,
    periods: 2,
    missing: 'tells',
    alone: ALONE.silence,
  },
  'stock-not-claimed': {
    severity: 'critical',
    happened: 'Orders were given up before their goods were claimed: the goods can be sold a second time.',
    firstStep:
      'Find and repair what kept the tracker from working, then run "npx acopio stock follow --from TIME".',
    watched: { aws: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.queue,
  },
} as const satisfies Record<string, AlarmDefinition>;
