import type { PlatformName } from '../../functions/domain/order.ts';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import type { OperatorContext } from '../context.ts';

/** A row that waits for a person, without what it tells of one. */
export type ReviewRow = ReturnType<typeof redactedRow>;

/**
 * What needs review, of each platform the oldest first.
 *
 * @param options `mostRows`: of each platform; all of them when absent
 * @returns `count`: how many there are, whether they were read or not
 */
export async function reviewRows(
  context: Pick<OperatorContext, 'names' | 'index' | 'ordersOf'>,
  { platform, mostRows }: { platform?: PlatformName; mostRows?: number } = {},
): Promise<{ count: number; rows: ReviewRow[] }> {
  const names = context.names.filter((name) => platform === undefined || name === platform);
  const lists = await Promise.all(names.map((name) => context.index.needsReview(name)));
  const read = await Promise.all(lists.map((keys) => context.ordersOf(keys.slice(0, mostRows))));
  const rows = read
    .flat()
    .filter((row) => row !== undefined)
    // The index follows the table within a moment.
    .filter(({ state, review }) => state === 'needs-review' && review?.dismissedAt === undefined)
    .map((row) => redactedRow(row));
  const all = lists.reduce((sum, { length }) => sum + length, 0);
  return { count: mostRows === undefined ? rows.length : all, rows };
}
