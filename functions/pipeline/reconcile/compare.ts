import type { ListedOrder, ListedPage } from '../../platforms/resource.ts';
import { mapConcurrent } from '../../runtime/concurrency.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { compareChange } from './compare-changes.ts';
import { compareIds } from './compare-ids.ts';
import { compareWhole } from './compare-orders.ts';
import { budgeted, type Compared, ORDERS_AT_ONCE, type Session, type Slice } from './session.ts';

/**
 * Compares everything in the slice with the table and repairs what differs. Each order stands for itself: one that cannot
 * be understood or recorded counts as failed. False when some repair is not safe yet, so that the slice has to be compared
 * again.
 *
 * @throws BudgetExhausted; PlatformError of the list itself; the AWS SDK's errors.
 */
export async function compareSlice(compared: Compared, session: Session, slice: Slice): Promise<boolean> {
  const { reconciliation } = compared.platform.resources.order;
  if (reconciliation.lists === 'ids') return compareIds(compared, reconciliation, session);
  const { api, asked } = budgeted(compared, session);
  let safe = true;
  for await (const page of reconciliation.list(api, slice.scan, slice)) {
    const askedAt = asked.at;
    const compareOne = (listed: ListedOrder) =>
      reconciliation.lists === 'changes'
        ? compareChange(compared, reconciliation, session, slice, listed, askedAt)
        : compareWhole(compared, reconciliation, session, slice, listed, askedAt);
    safe = (await comparePage(compared, session, slice, page, compareOne)) && safe;
  }
  return safe;
}

async function comparePage(
  { log }: Compared,
  { stats }: Session,
  { scan }: Slice,
  { orders, unreadable = [] }: ListedPage,
  compareOne: (listed: ListedOrder) => Promise<void>,
): Promise<boolean> {
  const readable = orders.filter(({ orderId, whole }) => orderId !== undefined || whole !== undefined);
  const nameless = unreadable.length + orders.length - readable.length;
  if (nameless > 0) {
    // Without an id there is nothing to fetch and no row to make; whoever lists this stretch by hand sees them.
    log.error('listed orders have no id that can be read', { entries: nameless, problems: unreadable });
    for (let entry = 0; entry < nameless; entry += 1) stats.found('failed', `${scan.name}: no id`);
  }
  let safe = true;
  await mapConcurrent(ORDERS_AT_ONCE, readable, async (listed) => {
    stats.seen();
    try {
      await compareOne(listed);
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
