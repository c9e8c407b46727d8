import { ALONE, type AlarmDefinition } from './definition.ts';

/** Kinds of alarms about what the merchant's own system is told and asks. */
export const ERP_ALARMS = {
  'erp-api-server-errors': {
    severity: 'critical',
    happened: "The API for the merchant's own system answered 5xx in at least two of three periods.",
    firstStep: 'Look for the failed requests in the access log of the API and in the log of its function.',
    watched: { aws: '5xx', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 3,
    breaching: 2,
    missing: 'notBreaching',
    alone: ALONE.api,
  },
  'orders-unacknowledged': {
    severity: 'critical',
    happened:
      "New orders were not acknowledged by the merchant's own system in time: it may not have taken them over.",
    firstStep:
      "Ask whoever runs that system whether it still reads the feed; then look at the API's access log.",
    watched: { ours: 'OrdersUnacknowledged', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    // The sweep says it again each minute.
    missing: 'notBreaching',
    tellsEnd: true,
    alone: ALONE.lasts,
  },
  'orders-not-noted': {
    severity: 'warning',
    happened:
      'Changes of orders were given up before it was noted by what numbers and codes people find them.',
    firstStep:
      'Find and repair what kept the tracker from working, then run "npx acopio orders note --from TIME".',
    watched: { aws: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 60,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.queue,
  },
} as const satisfies Record<string, AlarmDefinition>;
