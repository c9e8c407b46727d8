import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type ItemKey, orderPk, rawKey } from '../../functions/storage/keys.ts';
import type { Attributes } from '../aws/expression.ts';
import { ordersOf } from '../plan/merchant.ts';
import type { Asked } from './asked.ts';
import { type History, hashIn } from './history.ts';
import { rowOf, type SeenRow } from './rows.ts';
import type { Report } from './violation.ts';

const NONE: Partial<SeenRow> = {};

export interface RowWatch {
  history: History;
  asked: Asked;
  report: Report;
  hasItem(key: ItemKey): boolean;
}

/** Holds every single write of an order's row against what its platform said until then. */
export function watchRows({ history, asked, report, hasItem }: RowWatch) {
  return (before: Attributes | undefined, after: Attributes | undefined): void => {
    if (after === undefined) {
      if (before === undefined) return;
      const { row: gone } = rowOf(before);
      if (history.of(gone).length > 0) report('lost-update', `the row ${orderPk(gone)} was deleted`);
      return;
    }
    const { row, hash } = rowOf(after);
    const pk = orderPk(row);
    const { row: old, hash: oldHash } = before === undefined ? NONE : rowOf(before);
    if (row.revision !== (old?.revision ?? 0) + 1 || row.version < (old?.version ?? 0))
      report('lost-update', `${pk} went from revision ${old?.revision ?? 0} to ${row.revision}`);
    if (old !== undefined && JSON.stringify(old.origin.first) !== JSON.stringify(row.origin.first))
      report('lost-update', `${pk} forgot how it came first`);
    if (row.raw !== undefined && !hasItem(rawKey(row, row.raw.sha256, 0)))
      report('bytes-missing', `${pk} revision ${row.revision} refers to bytes that are not there`);
    const { order } = row;
    const states = history.of(row);
    if (order === undefined || hash === undefined || states.length === 0) return;
    if (!states.some((state) => hashIn(state, row) === hash)) {
      report('never-said', `${pk} revision ${row.revision} holds what the platform never said`);
    }
    if (old?.order === undefined || oldHash === undefined) return;
    const known = old.order;
    if (ordersOf(row.platform).finalStatuses.has(known.status) && order.status !== known.status)
      report('final-left', `${pk} left ${known.status} for ${order.status}`);
    const hashes = states.map((state) => hashIn(state, old));
    const from = hashes.lastIndexOf(oldHash);
    const to = states.findLastIndex((state) => hashIn(state, row) === hash);
    const isLate = () => asked.before(row, states[to]?.hash ?? '', states[from]?.hash ?? '');
    if (isStale(from, to, old, row, isLate))
      report('goes-back', `${pk} revision ${row.revision} went back to an older state`);
  };
}

/**
 * Whether a write goes back. Of a platform that is asked, states that share its time (whole seconds) are told apart by who
 * asked later, where that is clear.
 */
function isStale(from: number, to: number, old: OrderRow, row: OrderRow, isLate: () => boolean): boolean {
  const [before, after] = [old.sourceTime, row.sourceTime];
  if (before !== undefined && after !== undefined && before !== after) return after < before;
  return to < from && (ordersOf(row.platform).truth !== 'fetched' || isLate());
}
