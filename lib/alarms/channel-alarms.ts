import type { Channel, Merchant } from '../../config/merchant.ts';
import type { Poll } from '../../functions/platforms/intake.ts';
import { jobsOf } from '../jobs.ts';
import { ALARMS, type AlarmName } from './catalogue.ts';
import type { AlarmDefinition, Window } from './definition.ts';
import { keptBy } from './registry.ts';

/** An alarm on a metric of our own, raised for one platform or for all of them. */
export interface ChannelAlarm {
  readonly name: AlarmName;
  /** Where configuration sets it. */
  readonly window?: Window;
  /** Where configuration sets it, in the unit of the metric. */
  readonly threshold?: number;
  /** Where what the platform can do sets it. */
  readonly missing?: AlarmDefinition['missing'];
}

/** The alarms of one platform: on what would hide behind another platform that has the same trouble for longer. */
export const alarmsOf = (channel: Channel, merchant: Pick<Merchant, 'webhookQuietHours'>): ChannelAlarm[] =>
  neededBy(channel, merchant).filter(({ name }) => !isShared(name));

/**
 * The alarms that all platforms share, each once: what they watch is over soon, and the first command of their article names
 * the platform. The longest window serves them all.
 */
export function sharedAlarmsOf(
  channels: readonly Channel[],
  merchant: Pick<Merchant, 'webhookQuietHours' | 'erp'>,
): ChannelAlarm[] {
  const shared = new Map<AlarmName, ChannelAlarm>();
  const all = channels.flatMap((channel) => [
    ...neededBy(channel, merchant),
    ...(jobsOf(channel).includes('dispatch') ? commandAlarms(merchant.erp.commandsLateMinutes) : []),
  ]);
  for (const alarm of all.filter(({ name }) => isShared(name))) {
    const known = shared.get(alarm.name)?.window?.periodMinutes ?? 0;
    if (!shared.has(alarm.name) || (alarm.window?.periodMinutes ?? 0) > known) shared.set(alarm.name, alarm);
  }
  return [...shared.values()];
}

function isShared(name: AlarmName): boolean {
  const { watched }: AlarmDefinition = ALARMS[name];
  return 'ours' in watched && keptBy(watched.ours) === 'byMerchant';
}

/** What a platform needs for what it can do. Its stores share each. */
function neededBy(
  { platform, stores }: Channel,
  { webhookQuietHours }: Pick<Merchant, 'webhookQuietHours'>,
): ChannelAlarm[] {
  const { webhook, poll, deployment, resources } = platform;
  const { reconciliation } = resources.order;
  const plain = (...names: AlarmName[]): ChannelAlarm[] => names.map((name) => ({ name }));
  const minutes = stores.map((store) => reconciliation.everyMinutes(store));
  const twoRuns = { periodMinutes: Math.max(60, 2 * Math.max(...minutes)), periods: 1 };
  return [
    ...plain('orders-late', 'platform-throttling', 'reconcile-orders-failing'),
    poll === undefined
      ? {
          name: 'platform-paused',
          missing: 'notBreaching',
          window: { ...twoRuns, periodMinutes: 2 * Math.max(...minutes) },
        }
      : { name: 'platform-paused' },
    { name: 'not-connected', window: dayOf(2 * Math.max(...minutes)) },
    // The store that fails least often decides what counts as failing.
    {
      name: 'reconcile-failing',
      window: { periodMinutes: wholeHours(4 * Math.max(...minutes)), periods: 1 },
    },
    ...(reconciliation.off === undefined ? [] : [{ name: 'reconcile-off', window: twoRuns } as const]),
    ...(webhook === undefined ? [] : webhookAlarms(webhookQuietHours)),
    ...(poll === undefined ? [] : pollAlarms(stores.map((store) => poll.schedule(store)))),
    ...(deployment.tellsBucketFill ? plain('bucket-nearly-full') : []),
    ...(deployment.hasOutlets ? plain('outlet-not-configured') : []),
    ...(deployment.sendsPrivacyRequests ? [{ name: 'store-erasure-waiting', window: twoRuns } as const] : []),
  ];
}

const commandAlarms = (lateMinutes: number): ChannelAlarm[] => [
  { name: 'commands-in-doubt' },
  { name: 'commands-late', threshold: lateMinutes * 60 },
];

const wholeHours = (minutes: number): number => Math.ceil(minutes / 60) * 60;

/** A day in periods of which each sees a run. */
function dayOf(everyMinutes: number): Window {
  const periodMinutes = wholeHours(everyMinutes);
  return { periodMinutes, periods: Math.ceil((24 * 60) / periodMinutes) };
}

const webhookAlarms = (quietHours: number): ChannelAlarm[] => [
  { name: 'no-webhooks', window: { periodMinutes: 60, periods: quietHours } },
  { name: 'webhooks-with-bad-signature' },
];

/** The store that runs most often decides what counts as silent. */
export const silentFor = (everyMinutes: readonly number[], atLeastMinutes = 0): Window => ({
  periodMinutes: Math.max(atLeastMinutes, 2 * Math.min(...everyMinutes)),
  periods: 2,
});

/** The longest a failed poll waits before the next reads again, in minutes: functions/storage/runs.ts. */
const LONGEST_BACKOFF_MINUTES = 15;

function pollAlarms(schedules: readonly ReturnType<Poll['schedule']>[]): ChannelAlarm[] {
  const longest = Math.max(...schedules.map(({ everyMinutes }) => everyMinutes));
  const quietHours = Math.min(...schedules.map((schedule) => schedule.quietHours));
  // A platform that fails for good fails three times in this window even at the longest backoff.
  const threeFailures = 3 * (longest + LONGEST_BACKOFF_MINUTES);
  return [
    { name: 'poller-failing', window: { periodMinutes: wholeHours(threeFailures), periods: 1 } },
    { name: 'poller-found-nothing', window: { periodMinutes: 60, periods: quietHours } },
    { name: 'page-handed-out-twice' },
    // Three runs of the store that is polled least often.
    { name: 'orders-withheld', window: { periodMinutes: wholeHours(3 * longest), periods: 1 } },
    { name: 'pages-set-aside', window: { periodMinutes: wholeHours(2 * longest), periods: 1 } },
  ];
}
