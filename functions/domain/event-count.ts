import type { OrderRow } from './order-row.ts';

/**
 * The row with its count of events: one more than the row that it replaces where its readers have to be told, because its
 * content or its state changed or its person was erased; else the same.
 */
export function counted(row: OrderRow, before: OrderRow | undefined): OrderRow {
  const { eventCount: _, ...rest } = row;
  const known = before?.eventCount ?? 0;
  const tells =
    before === undefined ||
    row.version !== before.version ||
    row.state !== before.state ||
    (row.erased === undefined) !== (before.erased === undefined);
  const count = tells ? known + 1 : known;
  return count === 0 ? rest : { ...rest, eventCount: count };
}
