import { saysTooLittle, tellsMore } from '../../domain/filling.ts';
import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, ListedPage, ListsChanges, ListsOrders } from '../../platforms/resource.ts';
import { cohortsOf, type Travelling } from '../../runtime/cohorts.ts';
import { describeError, OwnError } from '../../runtime/describe-error.ts';
import { type Message, sha256Of } from '../../runtime/queue.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { bytesToKeep, quarantine, quarantineId, readingOf, upsertOrder } from '../order-writer.ts';
import { compareIds } from './compare-ids.ts';
import { compareCustomers, compareProducts } from './compare-mirrored.ts';
import { staysCurrent } from './found-current.ts';
import { budgeted, type Compared, ORDERS_AT_ONCE, type Session, type Slice, wasDue } from './session.ts';

/**
 * Compares everything in the slice with the table and repairs what differs. Each thing stands for itself: one that cannot
 * be understood or recorded counts as failed. False when some repair is not safe yet, so that the slice has to be compared
 * again.
 *
 * @throws BudgetExhausted; PlatformError of the list itself; the AWS SDK's errors.
 */
export async function compareSlice(compared: Compared, session: Session, slice: Slice): Promise<boolean> {
  if (slice.scan.resource === 'product') return compareProducts(compared, session, slice);
  if (slice.scan.resource === 'customer') return compareCustomers(compared, session, slice);
  const { reconciliation } = compared.platform.resources.order;
  if (reconciliation.lists === 'ids') return compareIds(compared, reconciliation, session, slice);
  const { api, asked } = budgeted(compared, session);
  let safe = true;
  for await (const page of reconciliation.list(api, slice.scan, slice)) {
    const askedAt = asked.at;
    const requested: Requested[] = [];
    const compareOne = async (listed: ListedOrder, late: OrderRow | undefined) => {
      if (reconciliation.lists === 'orders')
        return compareWhole(compared, reconciliation, session, slice, listed, late, askedAt);
      const request = await compareChange(compared, reconciliation, session, slice, listed, late, askedAt);
      if (request !== undefined) requested.push(request);
    };
    safe = (await comparePage(compared, session, slice, page, compareOne)) && safe;
    safe = (await sendRequested(compared, session, requested)) && safe;
  }
  return safe;
}

async function comparePage(
  { log, lateOrders, platform, store }: Compared,
  { stats, watch }: Session,
  { scan, foundCurrent }: Slice,
  { orders, unreadable = [] }: ListedPage,
  compareOne: (listed: ListedOrder, late: OrderRow | undefined) => Promise<void>,
): Promise<boolean> {
  const readable = orders.filter(({ orderId, whole }) => orderId !== undefined || whole !== undefined);
  const nameless = unreadable.length + orders.length - readable.length;
  if (nameless > 0) {
    // Without an id there is nothing to fetch and no row to make; whoever lists this stretch by hand sees them.
    log.error('listed orders have no id that can be read', { entries: nameless, problems: unreadable });
    for (let entry = 0; entry < nameless; entry += 1) {
      stats.found('failed', `${scan.name}: no id`);
      watch.met('order', undefined);
    }
  }
  for (const { orderId } of readable) {
    stats.seen();
    watch.met('order', orderId);
  }
  const left = readable.filter((listed) => foundCurrent?.has(listed) !== true);
  const ids = left.map(({ orderId }) => orderId).filter((id) => id !== undefined);
  const late = await lateOrders(
    ids.map((platformOrderId) => ({ platform: platform.name, storeId: store.id, platformOrderId })),
  );
  let safe = true;
  await mapConcurrent(ORDERS_AT_ONCE, left, async (listed) => {
    try {
      await compareOne(listed, late.get(listed.orderId ?? ''));
    } catch (error) {
      safe = false;
      const order = listed.orderId ?? 'no id';
      stats.found('failed', order);
      log.error('an order could not be compared or repaired; the next run meets it again', {
        order,
        error: describeError(error),
      });
    }
  });
  return safe;
}

/** A fetch whose slot was this long ago (ms) will not come any more. */
const LONG_GONE_MS = 3_600_000;

/** An order that differs, or may: the message that has it fetched. */
interface Requested extends Travelling {
  orderId: string;
  /** Whether an event of it was missed; absent of one that may be as it is in the table. */
  missed?: boolean;
}

/**
 * Queues what a page showed to differ, as few messages as it fits: what waits for the limit is paced together. There it waits
 * for its slots behind live events without costing anything. False when the queue did not take all of it.
 */
async function sendRequested(
  { queue, log }: Compared,
  { stats }: Session,
  requested: readonly Requested[],
): Promise<boolean> {
  let safe = true;
  await mapConcurrent(ORDERS_AT_ONCE, cohortsOf(requested), async ({ message, members }) => {
    try {
      await queue.send(message);
      for (const { missed } of members) if (missed !== undefined) stats.repaired({ missed });
    } catch (error) {
      safe = false;
      for (const { orderId } of members) stats.found('failed', orderId);
      log.error('orders that differ could not be queued; the next run meets them again', {
        orders: members.map(({ orderId }) => orderId),
        error: describeError(error),
      });
    }
  });
  return safe;
}

/**
 * The row beside which something listed is put. One that says all that is listed says so in each later state too, so one that may be
 * a moment late, at half the price, is enough for it; before anything is repaired, the row is read as it stands.
 */
const rowBeside = async (
  orders: Compared['orders'],
  key: OrderKey,
  late: OrderRow | undefined,
  isCurrent: (row: OrderRow) => boolean,
): Promise<OrderRow | undefined> => (late !== undefined && isCurrent(late) ? late : orders.get(key));

/** Spares the next runs the row of what is listed, where it will be current then too. */
function noteCurrent(
  { foundCurrent }: Slice,
  compare: ListsChanges['compare'],
  row: OrderRow | undefined,
  listed: ListedOrder,
  askedAt: EpochMs,
): void {
  if (row !== undefined && staysCurrent(compare, row, listed, askedAt)) foundCurrent?.add(listed);
}

/** Compares one entry of a list that only tells of changes. An order that differs is asked for, undefined when none is. */
async function compareChange(
  { orders, pending, clock, platform, store }: Compared,
  { compare }: ListsChanges,
  { stats, dryRun, eager, runId, repaired }: Session,
  slice: Slice,
  listed: ListedOrder,
  late: OrderRow | undefined,
  askedAt: EpochMs,
): Promise<Requested | undefined> {
  const { orderId, changedAt } = listed;
  if (orderId === undefined || repaired.has(orderId)) return undefined;
  // Orders of another list's time may have changed just now.
  const settled = changedAt === undefined || changedAt <= askedAt - slice.scan.quietPeriodMs;
  if (!settled && !eager) return undefined;
  const key = { platform: platform.name, storeId: store.id, platformOrderId: orderId };
  const row = await rowBeside(orders, key, late, (known) => compare(known, listed, askedAt) === 'current');
  const verdict = compare(row, listed, askedAt);
  if (verdict === 'current') {
    noteCurrent(slice, compare, row, listed, askedAt);
    return undefined;
  }
  repaired.add(orderId);
  if (verdict !== 'unsure') stats.found(verdict, orderId);
  if (dryRun) return undefined;
  const receivedAt = clock.now();
  // A message that waits for its slot will fetch it: its event arrived, and is only late.
  const fetch = await pending.get({ resource: 'order', id: orderId });
  const underWay =
    fetch !== undefined &&
    fetch.staleSince >= (row?.observedAt ?? 0) &&
    fetch.scheduledAt > receivedAt - LONG_GONE_MS;
  const due = wasDue(slice, changedAt, askedAt) && row?.state !== 'needs-review';
  const message: Message = {
    v: 1,
    kind: 'refresh',
    correlationId: `${runId}-${orderId}`,
    receivedAt,
    attempts: 0,
    storeId: store.id,
    orderId,
    origin: 'reconcile',
    priority: 'bulk',
  };
  const request = { orderId, message, delaySeconds: 0 };
  return verdict === 'unsure' ? request : { ...request, missed: due && !underWay };
}

/** Compares one entry of a list that carries whole orders, and records what differs. */
export async function compareWhole(
  compared: Compared,
  reconciliation: ListsOrders,
  session: Session,
  slice: Slice,
  listed: ListedOrder,
  late: OrderRow | undefined,
  askedAt: EpochMs,
): Promise<void> {
  const { platform, store, orders } = compared;
  const { orderId, whole } = listed;
  if (whole === undefined) throw new OwnError('the list should carry whole orders');
  const correlationId = `${session.runId}-${orderId ?? 'no-id'}`;
  const found = { receivedAt: askedAt, correlationId, origin: 'reconcile' } as const;
  const unreadable = async (
    reason: 'missing-id' | 'foreign-store',
    problem: string,
    kept: Uint8Array,
  ): Promise<void> => {
    const about = { platform: platform.name, storeId: store.id };
    const row = await orders.get({ ...about, platformOrderId: quarantineId(kept) });
    if (isInSight(row, kept)) return;
    session.stats.found('failed', orderId ?? quarantineId(kept));
    if (!session.dryRun) await quarantine(compared, { ...found, ...about, reason, problem, bytes: kept });
  };
  if (orderId === undefined) return unreadable('missing-id', 'the listed order has no id', whole.bytes);
  const key: OrderKey = { platform: platform.name, storeId: store.id, platformOrderId: orderId };
  const row = await rowBeside(
    orders,
    key,
    late,
    (known) =>
      reconciliation.compare(known, listed, askedAt) === 'current' &&
      (known.order === undefined || !saysTooLittle(known.order)),
  );
  if (session.repaired.has(orderId)) return;
  const stated = reconciliation.compare(row, listed, askedAt);
  const known = row?.order;
  if (stated === 'current' && (known === undefined || !saysTooLittle(known)))
    return noteCurrent(slice, reconciliation.compare, row, listed, askedAt);
  const { json, bytes } = whole;
  // It was understood, and would be too large once more.
  if (row?.review?.reason === 'too-large' && isInSight(row, bytes)) return;
  const read = platform.resources.order.normalise(json, store);
  // Of the right time and status, but without totals or lines, which the list may have.
  if (stated === 'current' && known !== undefined && (!read.ok || !tellsMore(read.order, known))) return;
  const verdict = stated === 'current' ? 'stale' : stated;
  if (!read.ok && read.reason === 'foreign-store')
    return unreadable(read.reason, read.problem, bytesToKeep(read, bytes));
  session.repaired.add(orderId);
  if (!read.ok && isInSight(row, bytes)) return;
  session.stats.found(read.ok ? verdict : 'failed', orderId);
  if (session.dryRun) return;
  const observation = { ...found, bytes, key, reading: readingOf(read), observedAt: askedAt, asked: true };
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
