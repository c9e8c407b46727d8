import type { AlarmDefinition } from './definition.ts';

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
  },
  'stock-not-claimed': {
    severity: 'critical',
    happened: 'Orders were given up before their goods were claimed: the goods can be sold a second time.',
    firstStep:
      "Find and repair what kept the tracker from working, then have the merchant's system book those orders and send its numbers.",
    watched: { aws: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
} as const satisfies Record<string, AlarmDefinition>;
