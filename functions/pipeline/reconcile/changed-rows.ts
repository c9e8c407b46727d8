import type { TimeRange } from '../../domain/time.ts';
import { changedPages } from '../../storage/row-index.ts';
import type { Compared } from './session.ts';

const ROWS_A_PAGE = 1000;

/**
 * Ids of the orders whose rows were changed last in this time. The index names rows by the dozen for one read unit, and follows the table
 * within a moment.
 */
export async function changedBetween(
  { orderIndex, platform, store }: Pick<Compared, 'orderIndex' | 'platform' | 'store'>,
  between: TimeRange,
): Promise<Set<string>> {
  const query = { platform: platform.name, storeId: store.id, between, limit: ROWS_A_PAGE };
  const changed = new Set<string>();
  for await (const keys of changedPages(orderIndex, query))
    for (const { platformOrderId } of keys) changed.add(platformOrderId);
  return changed;
}
