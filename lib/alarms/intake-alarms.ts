import { ALONE, type AlarmDefinition } from './definition.ts';

const HOUR = 60;

/** What tells that orders, webhooks or pages do not come in, or do not get through the queue. */
export const INTAKE_ALARMS = {
  'dead-letters-waiting': {
    severity: 'critical',
    happened: 'Messages failed five times and are in the dead-letter queue; their orders are not updated.',
    firstStep: "Read the error of one message in the consumer's log before moving anything back.",
    watched: { aws: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    // Two, because a redrive that is under way empties the queue within one.
    periods: 2,
    missing: 'notBreaching',
    alone: ALONE.queue,
  },
  'queue-standing-still': {
    severity: 'critical',
    happened:
      'The oldest message has waited in the intake queue for more than 15 minutes: the consumer does not take it.',
    firstStep: "Check that the consumer's event source mapping is enabled and the function is not throttled.",
    watched: { aws: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' },
    breach: { atLeast: 15 * 60 },
    periodMinutes: 5,
    periods: 3,
    missing: 'notBreaching',
    alone: ALONE.queue,
  },
  'orders-late': {
    severity: 'critical',
    happened:
      'Events are more than 30 minutes old when they are processed, counted from when they were first received.',
    firstStep:
      'Check whether the platform is paused or throttling; if neither, look for a backlog in the queue.',
    watched: { ours: 'MessageAgeSeconds', statistic: 'Maximum' },
    breach: { atLeast: 30 * 60 },
    periodMinutes: 5,
    periods: 3,
    missing: 'notBreaching',
    alone: ALONE.measure,
  },
  'poller-failing': {
    severity: 'critical',
    happened:
      'At least three polls failed within the last hours; new orders of the platform are not fetched.',
    firstStep: 'Read the last "poll run failed" in the poller\'s log: it names the answer of the platform.',
    watched: { ours: 'PollFailed', statistic: 'Sum' },
    breach: { atLeast: 3 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.threshold,
  },
  'poller-not-running': {
    severity: 'critical',
    happened: 'No poll has begun lately. One that begins and fails is told by other alarms.',
    firstStep: 'Check that the schedule is enabled, then invoke the poller by hand and read its log.',
    watched: { aws: 'Invocations', statistic: 'Sum' },
    breach: { below: 1 },
    periodMinutes: 10,
    periods: 2,
    missing: 'tells',
    alone: ALONE.silence,
  },
  'poller-found-nothing': {
    severity: 'warning',
    happened: 'Polls succeed, but for longer than the configured quiet time none found an order.',
    firstStep:
      "Open the platform's panel: if it shows newer orders, check that the token belongs to this store.",
    watched: { ours: 'PollOrdersFound', statistic: 'Sum' },
    breach: { below: 1 },
    periodMinutes: HOUR,
    periods: 24,
    // A poller that does not run has its own alarm.
    missing: 'notBreaching',
    alone: ALONE.quiet,
  },
  'page-handed-out-twice': {
    severity: 'warning',
    happened:
      'The platform handed out the same page of orders twice in one poll run; the run stopped asking.',
    firstStep:
      "Look for newer orders in the platform's panel: while it repeats a page, it may hold others back.",
    watched: { ours: 'PollPageRepeated', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.platform,
  },
  'orders-withheld': {
    severity: 'critical',
    happened: 'In poll after poll the platform says that orders are left, and hands out none of them.',
    firstStep: "Open the platform's panel and find the orders that are not synchronised: they are not here.",
    watched: { ours: 'PollOrdersWithheld', statistic: 'Sum' },
    breach: { atLeast: 3 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.threshold,
  },
  'pages-set-aside': {
    severity: 'critical',
    happened:
      'A page that was read is set aside: the queue refuses it for good, or it cannot be read. Its orders have no rows.',
    firstStep: 'List it with "npx acopio outbox list" and read its reason.',
    watched: { ours: 'OutboxSetAside', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    // Each poll counts what is set aside: the window spans two.
    missing: 'notBreaching',
    alone: ALONE.platform,
  },
  'no-webhooks': {
    severity: 'warning',
    happened: 'No webhook was accepted for longer than the configured quiet time.',
    firstStep:
      'Check that the platform has the URL of this deployment (stack outputs) and that the shop had sales.',
    watched: { ours: 'WebhookAccepted', statistic: 'Sum' },
    breach: { below: 1 },
    periodMinutes: HOUR,
    periods: 12,
    // Every check of a connected platform counts 0. A platform that is not connected yet sends nothing, and need not.
    missing: 'notBreaching',
    alone: ALONE.quiet,
  },
  'webhooks-with-bad-signature': {
    severity: 'warning',
    happened:
      'At least three webhooks within an hour were refused, because their origin could not be verified.',
    firstStep:
      "Compare the secret in Secrets Manager with the platform's panel: one of them may have been changed.",
    watched: { ours: 'WebhookBadSignature', statistic: 'Sum' },
    breach: { atLeast: 3 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.threshold,
  },
  'api-server-errors': {
    severity: 'critical',
    happened: 'The webhook API answered 5xx: a receiver crashed, timed out or could not be called.',
    firstStep: "Look for the failed requests in the API's access log and the receivers' logs.",
    watched: { aws: '5xx', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 3,
    breaching: 2,
    missing: 'notBreaching',
    alone: ALONE.api,
  },
} as const satisfies Record<string, AlarmDefinition>;
