import { COMMAND_ALARMS } from './command-alarms.ts';
import { ALONE, type AlarmDefinition } from './definition.ts';
import { DELIVERY_ALARMS } from './delivery-alarms.ts';
import { ERP_ALARMS } from './erp-alarms.ts';
import { FEED_ALARMS } from './feed-alarms.ts';
import { INTAKE_ALARMS } from './intake-alarms.ts';
import { SHARED_ALARMS } from './shared-alarms.ts';
import { STOCK_ALARMS } from './stock-alarms.ts';

const HOUR = 60;

/**
 * Every kind of alarm, as data. The merchant's configuration may set the window of some; the values here are defaults.
 */
export const ALARMS = {
  ...SHARED_ALARMS,
  ...INTAKE_ALARMS,
  ...ERP_ALARMS,
  ...DELIVERY_ALARMS,
  ...FEED_ALARMS,
  ...STOCK_ALARMS,
  ...COMMAND_ALARMS,
  'platform-paused': {
    severity: 'critical',
    happened:
      'All calls to the platform are stopped, because it refused the credential or the store. Messages wait.',
    firstStep:
      'Find the log line "is paused": it names cause and remedy; usually the credential has to be replaced.',
    watched: { ours: 'PlatformPaused', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    // Of a platform that is not polled nothing is emitted while no message comes: there the window spans two looks.
    missing: 'ignore',
    tellsEnd: true,
    alone: ALONE.platform,
  },
  'not-connected': {
    severity: 'warning',
    happened:
      'For a whole day a store has not been connected: its secret is not filled in, so nobody calls it.',
    firstStep: 'Fill in the secret: the last deployment printed which one, and the JSON that goes in.',
    watched: { ours: 'NotConnected', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 24,
    // Each look says it again.
    missing: 'notBreaching',
    alone: ALONE.platform,
  },
  'platform-throttling': {
    severity: 'warning',
    happened: 'The platform refuses calls for its limit (429) again and again, although we stay below it.',
    firstStep: 'Find out who else calls the platform with this credential or from this address.',
    watched: { ours: 'PlatformThrottled', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 3,
    breaching: 2,
    missing: 'notBreaching',
    alone: ALONE.threshold,
  },
  'bucket-nearly-full': {
    severity: 'warning',
    happened:
      "More than 80 % of the platform's call limit has been in use for half an hour; events begin to wait.",
    firstStep: 'Check whether a backfill or replay is running; if none is, the store needs a larger plan.',
    watched: { ours: 'BucketFillPercent', statistic: 'Average' },
    breach: { atLeast: 80 },
    periodMinutes: 5,
    periods: 6,
    missing: 'notBreaching',
    alone: ALONE.threshold,
  },
  'reconcile-failing': {
    severity: 'warning',
    happened: 'At least three reconciliations failed lately; orders whose events were missed are not found.',
    firstStep: 'Read the last "reconciliation failed" in its log: its problems name the call that failed.',
    watched: { ours: 'ReconcileFailed', statistic: 'Sum' },
    breach: { atLeast: 3 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.threshold,
  },
  'reconcile-not-running': {
    severity: 'warning',
    happened: 'No reconciliation has begun lately. One that begins and fails is told by other alarms.',
    firstStep: 'Check that its schedule is enabled, then invoke the function by hand and read its log.',
    watched: { aws: 'Invocations', statistic: 'Sum' },
    breach: { below: 1 },
    periodMinutes: 2 * HOUR,
    periods: 2,
    missing: 'tells',
    alone: ALONE.silence,
  },
  'reconcile-orders-failing': {
    severity: 'warning',
    happened: 'A reconciliation found orders that it could not read, fetch or record.',
    firstStep: 'Read the report of the run: it names the orders that failed.',
    watched: { ours: 'ReconcileOrdersFailed', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.lasts,
  },
  'reconcile-off': {
    severity: 'warning',
    happened: 'The platform is not reconciled, because its configuration does not say how.',
    firstStep: 'Read the reason in the log of the reconciliation and add what it names to the configuration.',
    watched: { ours: 'ReconcileOff', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    // Each run says it again.
    missing: 'notBreaching',
    alone: ALONE.platform,
  },
  'outlet-not-configured': {
    severity: 'warning',
    happened:
      'Orders came from an outlet that the configuration does not name. They are recorded, but not reconciled.',
    firstStep: 'Find the outlet in the log of the processor ("not in the configuration") and add it.',
    watched: { ours: 'OutletNotConfigured', statistic: 'Sum' },
    breach: { atLeast: 1 },
    // Once a day is enough: nothing is lost as long as the webhooks come.
    periodMinutes: 24 * HOUR,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.platform,
  },
  'store-erasure-waiting': {
    severity: 'critical',
    happened:
      'The platform asked to erase every person of a store whose app was removed. It is done two days later, for good.',
    firstStep:
      'See "npx acopio privacy pending". If nobody removed the app, stop it with "npx acopio privacy stop".',
    watched: { ours: 'StoreErasureWaiting', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    // Each reconciliation says how many wait: the window spans two.
    missing: 'notBreaching',
    alone: ALONE.platform,
  },
  'function-failing': {
    severity: 'critical',
    happened: 'A function ended in an error in at least two of the last three periods of five minutes.',
    firstStep:
      'Run "failing" as in the runbook: it names the function. Read the last lines of level ERROR in its log.',
    watched: { aws: 'Errors', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 3,
    breaching: 2,
    missing: 'notBreaching',
    alone: ALONE.account,
  },
  'function-throttled': {
    severity: 'warning',
    happened: "Lambda refused to run a function because the account's concurrency was used up.",
    firstStep: 'Find the function that uses it up, then ask AWS for a higher concurrency quota.',
    watched: { aws: 'Throttles', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 3,
    breaching: 2,
    missing: 'notBreaching',
    alone: ALONE.account,
  },
} as const satisfies Record<string, AlarmDefinition>;

export type AlarmName = keyof typeof ALARMS;
