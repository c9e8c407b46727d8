import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, ListsOrders } from '../../platforms/resource.ts';
import { sha256Of } from '../../runtime/payload.ts';
import { quarantine, quarantineId, readingOf, upsertOrder } from '../order-writer.ts';
import { type Compared, type Session, type Slice, wasDue } from './session.ts';

/** Compares one entry of a list that carries whole orders, and records what differs. */
export async function compareWhole(
  compared: Compared,
  reconciliation: ListsOrders,
  session: Session,
  slice: Slice,
  listed: ListedOrder,
  askedAt: EpochMs,
): Promise<void> {
  const { platform, store, orders } = compared;
  const { orderId, whole } = listed;
  if (whole === undefined) throw new Error('the list should carry whole orders');
  const { json, bytes } = whole;
  const correlationId = `${session.runId}-${orderId ?? 'no-id'}`;
  const found = { receivedAt: askedAt, correlationId, bytes, origin: 'reconcile' } as const;
  const unreadable = async (reason: 'missing-id' | 'foreign-store', problem: string): Promise<void> => {
    const about = { platform: platform.name, storeId: store.id };
    const row = await orders.get({ ...about, platformOrderId: quarantineId(bytes) });
    if (isInSight(row, bytes)) return;
    session.stats.found('failed', orderId ?? quarantineId(bytes));
    if (!session.dryRun) await quarantine(compared, { ...found, ...about, reason, problem });
  };
  if (orderId === undefined) return unreadable('missing-id', 'the listed order has no id');
  const key: OrderKey = { platform: platform.name, storeId: store.id, platformOrderId: orderId };
  const row = await orders.get(key);
  const verdict = reconciliation.compare(row, listed, askedAt);
  if (verdict === 'current' || session.repaired.has(orderId)) return;
  const read = platform.resources.order.normalise(json, store);
  if (!read.ok && read.reason === 'foreign-store') return unreadable(read.reason, read.problem);
  session.repaired.add(orderId);
  if (!read.ok && isInSight(row, bytes)) return;
  session.stats.found(read.ok ? verdict : 'failed', orderId);
  if (session.dryRun) return;
  const observation = { ...found, key, reading: readingOf(read), observedAt: askedAt };
  const { outcome } = await upsertOrder(compared, observation);
  if (outcome === 'created' || outcome === 'updated')
    session.stats.repaired({ missed: wasMissed(compared, reconciliation, slice, row, listed, askedAt) });
}

/** What was not understood is kept once: the same bytes would say the same again. */
function isInSight(row: OrderRow | undefined, bytes: Uint8Array): boolean {
  if (row?.state !== 'needs-review') return false;
  return row.raw === undefined || row.raw.sha256 === sha256Of(bytes);
}

/** A state that the platform should have sent us, that it had the time to send, and that it did not send. */
function wasMissed(
  { store }: Compared,
  { sendsWebhook }: ListsOrders,
  slice: Slice,
  row: OrderRow | undefined,
  { status: { status }, changedAt }: ListedOrder,
  askedAt: EpochMs,
): boolean {
  if (status === undefined || !wasDue(slice, changedAt, askedAt)) return false;
  return row?.order?.platformStatus.status !== status && sendsWebhook(store, slice.scan, status);
}
