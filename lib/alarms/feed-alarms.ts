import { ALONE, type AlarmDefinition } from './definition.ts';

const MINUTE_MS = 60_000;

/** What tells that changes do not reach the merchant's own system. */
export const FEED_ALARMS = {
  'publisher-behind': {
    severity: 'critical',
    happened:
      'Changes of orders have waited for more than 10 minutes to be published; after 24 hours they would be lost.',
    firstStep: 'Read the last lines of level ERROR in the log of the publisher: they name what it cannot do.',
    watched: { aws: 'IteratorAge', statistic: 'Maximum' },
    breach: { atLeast: 10 * MINUTE_MS },
    periodMinutes: 5,
    periods: 2,
    // Lambda says nothing while no change comes.
    missing: 'notBreaching',
    alone: ALONE.reader,
  },
  'changes-not-published': {
    severity: 'critical',
    happened:
      "Changes of orders were given up: they are not in the feed, and the merchant's system lacks them.",
    firstStep: 'Find and repair what kept the publisher from working, then run "npx acopio events catch-up".',
    watched: { aws: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.queue,
  },
  'feed-late': {
    severity: 'warning',
    happened: 'For a quarter of an hour changes of orders have needed more than a minute to reach the feed.',
    firstStep:
      'Look at the publisher: its event source mapping is disabled, it is slow, or it waits to be run.',
    watched: { ours: 'FeedLagSeconds', statistic: 'Maximum' },
    breach: { atLeast: 60 },
    periodMinutes: 5,
    periods: 3,
    missing: 'notBreaching',
    alone: ALONE.measure,
  },
} as const satisfies Record<string, AlarmDefinition>;
