import { ALONE, type AlarmDefinition } from './definition.ts';

/** What tells that the merchant's endpoints are not sent events. */
export const DELIVERY_ALARMS = {
  'endpoint-failing': {
    severity: 'critical',
    happened: "An endpoint of the merchant's system has taken no event for half an hour. Its events wait.",
    firstStep: 'Run "npx acopio webhooks list": it names the endpoint and what it answered last.',
    watched: { ours: 'EndpointFailing', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    tellsEnd: true,
    alone: ALONE.lasts,
  },
  'endpoint-stopped': {
    severity: 'critical',
    happened:
      "An endpoint of the merchant's system is sent nothing any more: it asked for that, or its place in the feed is lost.",
    firstStep: 'Run "npx acopio webhooks list": it names the endpoint and the reason.',
    watched: { ours: 'EndpointStopped', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.lasts,
  },
  'sweep-not-running': {
    severity: 'warning',
    happened: 'No sweep has begun lately: a lost message leaves its work undone, and nobody counts it.',
    firstStep: 'Check that its schedule is enabled, then read the last lines of level ERROR in its log.',
    watched: { aws: 'Invocations', statistic: 'Sum' },
    breach: { below: 1 },
    periodMinutes: 5,
    periods: 3,
    missing: 'tells',
    alone: ALONE.silence,
  },
} as const satisfies Record<string, AlarmDefinition>;
