import type { AlarmDefinition } from './definition.ts';

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
  },
  'changes-not-published': {
    severity: 'critical',
    happened:
      "Changes of orders were given up: they are not in the feed, and the merchant's system lacks them.",
    firstStep:
      'Find and repair what kept the publisher from working, then run "npm run ops -- events catch-up".',
    watched: { aws: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
  'feed-late': {
    severity: 'warning',
    happened: 'For a quarter of an hour changes of orders have needed more than a minute to reach the feed.',
    firstStep: 'Look at the duration and the throttles of the publisher: it is slow, or it waits to be run.',
    watched: { ours: 'FeedLagSeconds', statistic: 'Maximum' },
    breach: { atLeast: 60 },
    periodMinutes: 5,
    periods: 3,
    missing: 'notBreaching',
  },
  'bus-events-lost': {
    severity: 'warning',
    happened:
      'The event bus did not take events. They are in the feed, and no subscriber of the bus gets them.',
    firstStep:
      'Read the last "the event bus" in the log of the publisher: it names what EventBridge answered.',
    watched: { ours: 'BusEventsLost', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
} as const satisfies Record<string, AlarmDefinition>;
