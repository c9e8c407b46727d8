import { COMMAND_ALARMS } from './command-alarms.ts';
import type { AlarmDefinition } from './definition.ts';
import { DELIVERY_ALARMS } from './delivery-alarms.ts';
import { ERP_ALARMS } from './erp-alarms.ts';
import { FEED_ALARMS } from './feed-alarms.ts';
import { INTAKE_ALARMS } from './intake-alarms.ts';
import { STOCK_ALARMS } from './stock-alarms.ts';

const HOUR = 60;

/**
 * Every kind of alarm, as data. The merchant's configuration may set the window of some; the values here are defaults.
 */
export const ALARMS = {
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
    // Nothing is emitted while no message comes, and the platform is paused all the same.
    missing: 'ignore',
    tellsEnd: true,
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
    missing: 'ignore',
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
  },
  'reconcile-not-running': {
    severity: 'warning',
    happened: 'No reconciliation has ended lately, neither in success nor in failure.',
    firstStep: 'Check that its schedule is enabled, then invoke the function by hand and read its log.',
    watched: { ours: 'ReconcileCompleted', statistic: 'SampleCount' },
    breach: { below: 1 },
    periodMinutes: 2 * HOUR,
    periods: 2,
    missing: 'tells',
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
  },
  'reconcile-off': {
    severity: 'warning',
    happened: 'The platform is not reconciled, because its configuration does not say how.',
    firstStep: 'Read the reason in the log of the reconciliation and add what it names to the configuration.',
    watched: { ours: 'ReconcileOff', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    // Between two runs it stays off.
    missing: 'ignore',
  },
  'events-missed': {
    severity: 'warning',
    happened: 'A reconciliation found orders whose events never arrived. They are repaired.',
    firstStep:
      'Compare the times of these orders with failures and gaps in the log of the receiver or poller.',
    watched: { ours: 'MissedEvents', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
  },
  'orders-need-review': {
    severity: 'warning',
    happened:
      'The platform sent something that could not be understood. It is kept as a row that needs review.',
    firstStep: 'List these rows with "npm run ops -- attention" and read their reason.',
    watched: { ours: 'OrderNeedsReview', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
  'products-need-review': {
    severity: 'warning',
    happened:
      'The platform said something of a product that could not be understood. The product is as it was before.',
    firstStep: 'List these products with "npm run ops -- products attention" and read their reason.',
    watched: { ours: 'ProductNeedsReview', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
  },
  'customers-need-review': {
    severity: 'warning',
    happened:
      'The platform said something of a customer that could not be understood. The customer is as it was before.',
    firstStep: 'List these customers with "npm run ops -- customers attention" and read their reason.',
    watched: { ours: 'CustomerNeedsReview', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
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
  },
  'catalogue-products-rejected': {
    severity: 'warning',
    happened: 'A catalogue job ended and left products as they were; their price or stock is not updated.',
    firstStep: 'Run "npm run ops -- products jobs": it names the job, its products and the reasons.',
    watched: { ours: 'CatalogueRejected', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
  },
  'catalogue-job-failed': {
    severity: 'warning',
    happened: 'The platform gave up a catalogue job; nothing that it was to change is changed.',
    firstStep:
      'Run "npm run ops -- products jobs": it names the job and the outlet, in the platform\'s own word.',
    watched: { ours: 'CatalogueJobFailed', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: HOUR,
    periods: 1,
    missing: 'notBreaching',
  },
  'privacy-report-ready': {
    severity: 'warning',
    happened: 'A customer asked for their data, and the report for the merchant is ready.',
    firstStep:
      'Fetch it with "npm run ops -- privacy report" and give it to the merchant within the legal term.',
    watched: { ours: 'PrivacyReportReady', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
  'store-erasure-waiting': {
    severity: 'critical',
    happened:
      'The platform asked to erase every person of a store whose app was removed. It is done two days later, for good.',
    firstStep:
      'See "npm run ops -- privacy pending". If nobody removed the app, stop it with "npm run ops -- privacy stop".',
    watched: { ours: 'StoreErasureWaiting', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    // Each reconciliation says how many wait; between two runs that has not changed.
    missing: 'ignore',
  },
  'function-failing': {
    severity: 'critical',
    happened: 'A function ended in an error in at least two of the last three periods of five minutes.',
    firstStep: 'Read the last lines of level ERROR in its log.',
    watched: { aws: 'Errors', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 3,
    breaching: 2,
    missing: 'notBreaching',
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
  },
} as const satisfies Record<string, AlarmDefinition>;

export type AlarmName = keyof typeof ALARMS;
