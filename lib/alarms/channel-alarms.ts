import type { Construct } from 'constructs';
import type { Platform } from '../../functions/platforms/names.ts';
import type { ImotrizSettings } from '../../functions/platforms/settings.ts';
import type { AlarmRegistry } from './registry.ts';

/** Where the alarms on our own metrics of one platform are raised. */
export interface ChannelAlarms {
  readonly alarms: AlarmRegistry;
  readonly platform: Platform;
}

/** For every platform: orders come late, or cannot be understood. */
export function raiseOrderAlarms(scope: Construct, { alarms, platform }: ChannelAlarms): void {
  alarms.raise(scope, 'orders-late', { subject: platform, platform });
  alarms.raise(scope, 'orders-need-review', { subject: platform, platform });
}

/** For platforms that we call: they refuse the credential, or the pace. */
export function raiseCallAlarms(scope: Construct, { alarms, platform }: ChannelAlarms): void {
  alarms.raise(scope, 'platform-paused', { subject: platform, platform });
  alarms.raise(scope, 'platform-throttling', { subject: platform, platform });
}

/** For platforms that call us. */
export function raiseWebhookAlarms(
  scope: Construct,
  { alarms, platform, quietHours }: ChannelAlarms & { readonly quietHours: number },
): void {
  alarms.raise(scope, 'no-webhooks', {
    subject: platform,
    platform,
    window: { periodMinutes: 60, periods: quietHours },
  });
  alarms.raise(scope, 'webhooks-with-bad-signature', { subject: platform, platform });
  alarms.raise(scope, 'webhooks-refused', { subject: platform, platform });
  alarms.raise(scope, 'webhooks-not-queued', { subject: platform, platform });
}

/** For platforms that are reconciled on a schedule. */
export function raiseReconcileAlarms(
  scope: Construct,
  { alarms, platform, everyMinutes }: ChannelAlarms & { readonly everyMinutes: number },
): void {
  const about = { subject: platform, platform };
  alarms.raise(scope, 'reconcile-failing', {
    ...about,
    window: { periodMinutes: Math.ceil((4 * everyMinutes) / 60) * 60, periods: 1 },
  });
  alarms.raise(scope, 'reconcile-not-running', {
    ...about,
    window: { periodMinutes: 2 * everyMinutes, periods: 2 },
  });
  alarms.raise(scope, 'events-missed', about);
  alarms.raise(scope, 'reconcile-orders-failing', about);
}

/** The longest a failed poll waits before the next reads again, in minutes: functions/storage/poll-backoff.ts. */
const LONGEST_BACKOFF_MINUTES = 15;

/** For platforms that are polled. */
export function raisePollAlarms(
  scope: Construct,
  { alarms, platform, poll }: ChannelAlarms & { readonly poll: ImotrizSettings['poll'] },
): void {
  const about = { subject: platform, platform };
  // A platform that fails for good fails three times in this window even at the longest backoff.
  const threeFailures = 3 * (poll.everyMinutes + LONGEST_BACKOFF_MINUTES);
  alarms.raise(scope, 'poller-failing', {
    ...about,
    window: { periodMinutes: Math.ceil(threeFailures / 60) * 60, periods: 1 },
  });
  alarms.raise(scope, 'poller-not-running', {
    ...about,
    window: { periodMinutes: Math.max(5, 2 * poll.everyMinutes), periods: 2 },
  });
  alarms.raise(scope, 'poller-found-nothing', {
    ...about,
    window: { periodMinutes: 60, periods: poll.quietHours },
  });
  alarms.raise(scope, 'read-may-be-lost', about);
}
