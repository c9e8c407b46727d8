import { type ItemKey, orderPk, rawKey } from '../../functions/storage/keys.ts';
import { isTombstone } from '../../functions/storage/tombstones.ts';
import type { Attributes } from '../aws/expression.ts';
import { ordersOf } from '../plan/merchant.ts';
import type { Asked } from './asked.ts';
import type { Forgeries } from './forgeries.ts';
import type { History, PastState } from './history.ts';
import { type HeldRow, heldIn, rowOf } from './rows.ts';
import { holds, isAnswer, saysATotalOf, wasSoWhenAsked } from './same-state.ts';
import type { Report } from './violation.ts';

export interface RowWatch {
  history: History;
  forgeries: Forgeries;
  asked: Asked;
  report: Report;
  hasItem(key: ItemKey): boolean;
}

/** Holds every single write of an order's row against what its platform said until then. */
export function watchRows({ history, forgeries, asked, report, hasItem }: RowWatch) {
  return (before: Attributes | undefined, after: Attributes | undefined): void => {
    const left = isTombstone(before) ? before : undefined;
    const replaced = left === undefined ? before : undefined;
    if (after === undefined || isTombstone(after)) {
      if (replaced === undefined) return;
      const { row: gone } = rowOf(replaced);
      if (history.of(gone).length > 0) report('lost-update', `the row ${orderPk(gone)} was deleted`);
      return;
    }
    const { row } = rowOf(after);
    const now = heldIn(rowOf(after));
    const pk = orderPk(row);
    const old = replaced === undefined ? undefined : rowOf(replaced).row;
    const { revision, version } = left ?? old ?? { revision: 0, version: 0 };
    if (row.revision !== revision + 1 || row.version < version)
      report('lost-update', `${pk} went from revision ${revision} to ${row.revision}`);
    if (old !== undefined && JSON.stringify(old.origin.first) !== JSON.stringify(row.origin.first))
      report('lost-update', `${pk} forgot how it came first`);
    if (row.raw !== undefined && !hasItem(rawKey(orderPk(row), row.raw.sha256, 0)))
      report('bytes-missing', `${pk} revision ${row.revision} refers to bytes that are not there`);
    const states = history.of(row);
    if (now === undefined || states.length === 0) return;
    const wasForged = forgeries.explains(row, now.order);
    if (!wasForged && !states.some((state) => holds(now, state))) {
      report('never-said', `${pk} revision ${row.revision} holds what the platform never said`);
    }
    if (!saysATotalOf(states, now))
      report('never-said', `${pk} revision ${row.revision} holds a total that the platform never said`);
    const past = replaced === undefined ? undefined : heldIn(rowOf(replaced));
    if (past === undefined) return;
    // What was pushed may be wrong, finals included; what we asked for is what the platform has.
    if (ordersOf(row.platform).truth === 'pushed' && isAnswer(row)) {
      if (!wasSoWhenAsked(states, now))
        report('goes-back', `${pk} revision ${row.revision} holds an answer that was over when we asked`);
      return;
    }
    if (ordersOf(row.platform).finalStatuses.has(past.order.status) && now.order.status !== past.order.status)
      report('final-left', `${pk} left ${past.order.status} for ${now.order.status}`);
    // What was forged stands where it was received, and a final word counts whenever it was said.
    if (!wasForged && isStale(states, past, now, asked))
      report('goes-back', `${pk} revision ${row.revision} went back to an older state`);
  };
}

/**
 * Whether a write goes back. A platform may take back what it dated last: then its later state has the earlier time. Of a platform that is asked, states that share its time (whole seconds) are told apart by who
 * asked later, where that is clear.
 */
function isStale(states: readonly PastState[], past: HeldRow, now: HeldRow, asked: Asked): boolean {
  const { row } = now;
  const [before, after] = [past.row.sourceTime, row.sourceTime];
  if (before !== undefined && after !== undefined && after > before) return false;
  const from = states.findLastIndex((state) => holds(past, state));
  const to = states.findLastIndex((state) => holds(now, state));
  if (to > from) return false;
  if (before !== undefined && after !== undefined && after < before) return true;
  if (to === from) return false;
  return (
    ordersOf(row.platform).truth !== 'fetched' ||
    asked.before(row, states[to]?.hash ?? '', states[from]?.hash ?? '')
  );
}
