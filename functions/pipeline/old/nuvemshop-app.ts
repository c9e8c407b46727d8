import type { Log } from '../../runtime/log.ts';
import type { NuvemshopWebhookMessage } from '../../runtime/messages.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { CircuitBreaker } from '../../storage/circuit-breaker.ts';

export interface AppFollower {
  pause: CircuitBreaker;
  metrics: Metrics;
  log: Log;
}

/**
 * The platform asks that no call at all is made for a store that suspended or removed the app (homologation rules), so the
 * pause is not probed. What the shop did meanwhile was never sent, and is left to a reconciliation. Other events are not
 * about the app's standing and change nothing.
 */
export async function followApp(
  { pause, log, metrics }: AppFollower,
  event: string,
  { receivedAt: at, correlationId }: Pick<NuvemshopWebhookMessage, 'receivedAt' | 'correlationId'>,
): Promise<void> {
  if (event === 'app/resumed') {
    if ((await pause.resume('notice', at)) !== undefined) metrics.add('PlatformPaused', 'nuvemshop', 0);
    log.info('the app is welcome again', { event, correlationId });
  }
  const end = event === 'app/suspended' ? 'notice' : event === 'app/uninstalled' ? 'token' : undefined;
  if (end === undefined) return;
  if (await pause.suspend(event, REMEDIES[end], { closedBy: end, at })) {
    metrics.add('PlatformPaused', 'nuvemshop', 1);
    log.error('nuvemshop is paused', { cause: event, remedy: REMEDIES[end], correlationId });
  } else {
    log.warn('a notice that stops the app is older than what let it go on; left aside', {
      event,
      correlationId,
    });
  }
}

const REMEDIES = {
  notice:
    'Settle the app subscription in the Nuvemshop panel: app/resumed follows and ends the pause. If it does not, open the ' +
    'installation link.',
  token:
    'Open the installation link (NuvemshopInstallUrl in the outputs of the stack): a new token ends the pause.',
} as const;
