import type { Hash } from 'node:crypto';
import { FOREIGN_BYTES_DAYS } from '../../functions/pipeline/order-writer.ts';
import { isOfOrder, ORDER_ROW_SK, rawPrefix } from '../../functions/storage/keys.ts';
import type { Attributes } from '../aws/expression.ts';
import { Tables } from '../aws/tables.ts';
import type { Circuits } from '../invariants/refused-calls.ts';
import type { Report } from '../invariants/violation.ts';
import { RAW_DAYS, TABLE } from '../plan/merchant.ts';
import type { Loop } from '../time/loop.ts';

type Watcher = (before: Attributes | undefined, after: Attributes | undefined) => void;

/** Clocks of instances and the rounding to seconds may move an expiry by this much (ms). */
const EXPIRY_MARGIN_MS = 2000;

/** The bytes of a store that is not ours are kept for a shorter time. */
const MAY_LAST_DAYS = [RAW_DAYS, FOREIGN_BYTES_DAYS];

const DAY_MS = 24 * 3_600_000;

/** The world's tables; whoever watches a kind of items sees each of their writes. */
export function watchedTables(watch: {
  loop: Loop;
  /** Counts the writes of rows, and what they were. */
  writes: { count: number; hash: Hash };
  onRow: Watcher;
  onControl: Watcher;
  /** Commands of orders, and what those of one order have in common. */
  onCommand: Watcher;
  circuits: Circuits;
  report: Report;
}): Tables {
  const { loop, writes, onRow, onControl, onCommand, circuits, report } = watch;
  return new Tables({
    now: loop.now,
    onWrite(table, before, after) {
      const item = after ?? before ?? {};
      if (table === TABLE.control) {
        circuits.wrote(item, after);
        onControl(before, after);
      } else if (item.sk === ORDER_ROW_SK && isOfOrder(String(item.pk))) {
        writes.count += 1;
        writes.hash.update(`${loop.now()} ${String(after?.pk)} ${String(after?.revision)}\n`);
        onRow(before, after);
      } else if (!String(item.sk).startsWith(rawPrefix())) {
        onCommand(before, after);
      } else if (after !== undefined) {
        const days = (Number(after.expiresAt) * 1000 - loop.now()) / DAY_MS;
        if (MAY_LAST_DAYS.every((most) => Math.abs(days - most) * DAY_MS > EXPIRY_MARGIN_MS))
          report('bytes-expiry', `${after.pk} ${after.sk} expires after ${days.toFixed(1)} days`);
      }
    },
  });
}
