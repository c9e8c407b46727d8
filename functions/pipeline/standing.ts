import type { Incoming } from '../platforms/intake.ts';
import type { ReceivedMessage } from '../runtime/queue.ts';
import type { StoreContext } from './store-context.ts';

/**
 * Follows what a platform says of the app's standing in a store. What the shop did while calls were not wanted was never
 * sent, and is left to a reconciliation.
 */
export async function followStanding(
  { connection: { circuit }, log, metrics, platform }: StoreContext,
  standing: Extract<Incoming, { kind: 'suspended' | 'resumed' }>,
  { receivedAt: at, correlationId }: Pick<ReceivedMessage, 'receivedAt' | 'correlationId'>,
): Promise<void> {
  const { storeId } = standing;
  if (standing.kind === 'resumed') {
    if ((await circuit.resume('notice', at)) !== undefined) metrics.add('PlatformPaused', platform.name, 0);
    log.info('the platform takes calls again', { storeId, correlationId });
    return;
  }
  const { cause, remedy, closedBy } = standing;
  if (await circuit.suspend(cause, remedy, { closedBy, at })) {
    metrics.add('PlatformPaused', platform.name, 1);
    log.error('platform is paused', { platform: platform.name, storeId, cause, remedy, correlationId });
  } else {
    log.warn('a notice that stops calls is older than what let them go on; left aside', {
      storeId,
      cause,
      correlationId,
    });
  }
}
