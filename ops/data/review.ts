import type { PlatformName } from '../../functions/domain/order.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import type { OperatorContext } from '../context.ts';

/** A row that waits for a person, without what it tells of one. */
export type ReviewRow = ReturnType<typeof redactedRow>;

/** Rows that are read at the same time. */
const AT_ONCE = 16;

/**
 * What needs review, of each platform the oldest first.
 *
 * @param options `mostRows`: of each platform; all of them when absent
 * @returns `count`: how many there are, whether they were read or not
 */
export async function reviewRows(
  context: Pick<OperatorContext, 'names' | 'index' | 'orders'>,
  { platform, mostRows }: { platform?: PlatformName; mostRows?: number } = {},
): Promise<{ count: number; rows: ReviewRow[] }> {
  const names = context.names.filter((name) => platform === undefined || name === platform);
  const lists = await Promise.all(names.map((name) => context.index.needsReview(name)));
  const rows: ReviewRow[] = [];
  for (const keys of lists) {
    const read = keys.slice(0, mostRows).map((key, at) => ({ key, at }));
    const found: (ReviewRow | undefined)[] = [];
    await mapConcurrent(AT_ONCE, read, async ({ key, at }) => {
      const row = await context.orders.get(key);
      // The index follows the table within a moment.
      if (row?.state === 'needs-review' && row.review?.dismissedAt === undefined)
        found[at] = redactedRow(row);
    });
    rows.push(...found.filter((row) => row !== undefined));
  }
  const all = lists.reduce((sum, { length }) => sum + length, 0);
  return { count: mostRows === undefined ? rows.length : all, rows };
}
