import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, ListsChanges } from '../../platforms/resource.ts';
import { type Compared, type Session, type Slice, wasDue } from './session.ts';

/** A fetch whose slot was this long ago (ms) will not come any more. */
const LONG_GONE_MS = 3_600_000;

/**
 * Compares one entry of a list that only tells of changes. An order that differs is queued to be fetched, where it waits
 * for its slot behind live events without costing anything, and meets whoever else is about to fetch it.
 */
export async function compareChange(
  { orders, pending, queue, clock, platform, store }: Compared,
  { compare }: ListsChanges,
  { stats, dryRun, eager, runId, repaired }: Session,
  slice: Slice,
  listed: ListedOrder,
  askedAt: EpochMs,
): Promise<void> {
  const { orderId, changedAt } = listed;
  if (orderId === undefined || repaired.has(orderId)) return;
  // Orders of another list's time may have changed just now.
  const settled = changedAt === undefined || changedAt <= askedAt - slice.scan.quietPeriodMs;
  if (!settled && !eager) return;
  const key = { platform: platform.name, storeId: store.id, platformOrderId: orderId };
  const row = await orders.get(key);
  const verdict = compare(row, listed, askedAt);
  if (verdict === 'current') return;
  repaired.add(orderId);
  stats.found(verdict, orderId);
  if (dryRun) return;
  const receivedAt = clock.now();
  // A message that waits for its slot will fetch it: its event arrived, and is only late.
  const fetch = await pending.get(orderId);
  const underWay =
    fetch !== undefined &&
    fetch.staleSince >= (row?.observedAt ?? 0) &&
    fetch.scheduledAt > receivedAt - LONG_GONE_MS;
  await queue.send({
    v: 1,
    kind: 'refresh',
    correlationId: `${runId}-${orderId}`,
    receivedAt,
    attempts: 0,
    storeId: store.id,
    orderId,
    origin: 'reconcile',
    priority: 'bulk',
  });
  const due = wasDue(slice, changedAt, askedAt) && row?.state !== 'needs-review';
  stats.repaired({ missed: due && !underWay });
}
