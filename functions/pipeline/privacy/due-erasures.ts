import type { StoreErasure } from '../../storage/store-erasure.ts';
import type { StoreContext } from '../store-context.ts';

/** A store whose request to erase it may wait. */
export interface Erasable extends StoreContext {
  erasure: Pick<StoreErasure, 'read'>;
}

/** A slice that did not go on for this long (ms) lost its message. */
const STALLED_MS = 15 * 60_000;

/**
 * Looks after the requests to erase a store of all stores of a platform: says how many wait, and has those go on whose time
 * has come, whose app is back, or whose message was lost. Run with every reconciliation, so that nothing depends on a
 * message that waits for days.
 */
export async function goOnWithErasures(stores: readonly Erasable[]): Promise<void> {
  const [first] = stores;
  if (first?.platform.deployment.sendsPrivacyRequests !== true) return;
  let waiting = 0;
  for (const { erasure, connection, queue, clock, store } of stores) {
    const request = await erasure.read();
    if (request?.state !== 'waiting') continue;
    waiting += 1;
    const { workedAt, dueAt, goneSince, requestedAt: receivedAt, request: correlationId } = request;
    if (workedAt !== undefined && clock.now() < workedAt + STALLED_MS) continue;
    const isBack = (await connection.circuit.state())?.openedAt !== goneSince;
    if (!isBack && clock.now() < dueAt) continue;
    const envelope = { v: 1, correlationId, receivedAt, attempts: 0 } as const;
    await queue.send({ ...envelope, kind: 'erase-store', storeId: store.id });
  }
  first.metrics.add('StoreErasureWaiting', first.platform.name, waiting);
}
