import type { Channel, Merchant } from '../../config/merchant.ts';
import type { Poll } from '../../functions/platforms/intake.ts';
import { jobsOf, mirrors } from '../jobs.ts';
import type { AlarmName } from './catalogue.ts';
import type { Window } from './definition.ts';

/** An alarm on a metric of our own, raised for one platform. */
export interface ChannelAlarm {
  readonly name: AlarmName;
  /** Where configuration sets it. */
  readonly window?: Window;
  /** Where configuration sets it, in the unit of the metric. */
  readonly threshold?: number;
}

/** The alarms that a platform needs for what it can do. Its stores share each. */
export function alarmsOf(
  channel: Channel,
  { webhookQuietHours, erp }: Pick<Merchant, 'webhookQuietHours' | 'erp'>,
): ChannelAlarm[] {
  const { platform, stores } = channel;
  const { webhook, poll, oauth, deployment, resources } = platform;
  const { reconciliation } = resources.order;
  const plain = (...names: AlarmName[]): ChannelAlarm[] => names.map((name) => ({ name }));
  const minutes = stores.map((store) => reconciliation.everyMinutes(store));
  const polls = stores.flatMap((store) => poll?.schedule(store).everyMinutes ?? []);
  return [
    ...plain('orders-late', 'orders-need-review', 'platform-paused', 'platform-throttling'),
    { name: 'not-connected', window: dayOf(Math.min(...minutes, ...polls)) },
    ...plain('events-missed', 'reconcile-orders-failing'),
    ...reconcileAlarms(minutes),
    ...(reconciliation.off === undefined ? [] : plain('reconcile-off')),
    ...(webhook === undefined ? [] : webhookAlarms(webhookQuietHours)),
    ...(poll === undefined ? [] : pollAlarms(stores.map((store) => poll.schedule(store)))),
    ...(oauth === undefined ? [] : plain('installation-failed')),
    ...(jobsOf(channel).includes('dispatch') ? commandAlarms(erp.commandsLateMinutes) : []),
    ...(deployment.tellsBucketFill ? plain('bucket-nearly-full') : []),
    ...(deployment.hasOutlets ? plain('outlet-not-configured') : []),
    ...(deployment.tellsCatalogueJobs ? plain('catalogue-products-rejected', 'catalogue-job-failed') : []),
    ...(mirrors('product', channel) ? plain('products-need-review') : []),
    ...(mirrors('customer', channel) ? plain('customers-need-review') : []),
    ...(deployment.sendsPrivacyRequests ? plain('privacy-report-ready', 'store-erasure-waiting') : []),
  ];
}

const commandAlarms = (lateMinutes: number): ChannelAlarm[] => [
  { name: 'commands-failed' },
  { name: 'commands-in-doubt' },
  { name: 'commands-unseen' },
  { name: 'commands-late', threshold: lateMinutes * 60 },
];

const wholeHours = (minutes: number): number => Math.ceil(minutes / 60) * 60;

/** A day in periods of which each sees a run. */
function dayOf(everyMinutes: number): Window {
  const periodMinutes = wholeHours(everyMinutes);
  return { periodMinutes, periods: Math.ceil((24 * 60) / periodMinutes) };
}

function webhookAlarms(quietHours: number): ChannelAlarm[] {
  return [
    { name: 'no-webhooks', window: { periodMinutes: 60, periods: quietHours } },
    { name: 'webhooks-with-bad-signature' },
    { name: 'webhooks-refused' },
    { name: 'webhooks-not-queued' },
  ];
}

/** The store that fails least often decides what counts as failing; the one that runs most often, what counts as silent. */
function reconcileAlarms(everyMinutes: readonly number[]): ChannelAlarm[] {
  const [shortest, longest] = [Math.min(...everyMinutes), Math.max(...everyMinutes)];
  return [
    { name: 'reconcile-failing', window: { periodMinutes: wholeHours(4 * longest), periods: 1 } },
    { name: 'reconcile-not-running', window: { periodMinutes: 2 * shortest, periods: 2 } },
  ];
}

/** The longest a failed poll waits before the next reads again, in minutes: functions/storage/runs.ts. */
const LONGEST_BACKOFF_MINUTES = 15;

function pollAlarms(schedules: readonly ReturnType<Poll['schedule']>[]): ChannelAlarm[] {
  const everyMinutes = schedules.map((schedule) => schedule.everyMinutes);
  const [shortest, longest] = [Math.min(...everyMinutes), Math.max(...everyMinutes)];
  const quietHours = Math.min(...schedules.map((schedule) => schedule.quietHours));
  // A platform that fails for good fails three times in this window even at the longest backoff.
  const threeFailures = 3 * (longest + LONGEST_BACKOFF_MINUTES);
  return [
    { name: 'poller-failing', window: { periodMinutes: wholeHours(threeFailures), periods: 1 } },
    { name: 'poller-not-running', window: { periodMinutes: Math.max(5, 2 * shortest), periods: 2 } },
    { name: 'poller-found-nothing', window: { periodMinutes: 60, periods: quietHours } },
    { name: 'page-handed-out-twice' },
    // Three runs of the store that is polled least often.
    { name: 'orders-withheld', window: { periodMinutes: wholeHours(3 * longest), periods: 1 } },
    { name: 'read-may-be-lost' },
    { name: 'pages-set-aside' },
  ];
}
