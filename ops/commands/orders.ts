import { setTimeout as wait } from 'node:timers/promises';
import { itemName } from '../../functions/domain/item-name.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import type { EpochMs } from '../../functions/domain/time.ts';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import { changedPages } from '../../functions/storage/row-index.ts';
import type { OperatorContext } from '../context.ts';
import { newestOrders, type OrdersWanted, storesOf } from '../data/orders.ts';
import { EXIT } from '../exit.ts';
import { checkTimes } from '../orders-meant.ts';
import { columns, print, withoutControls } from '../print.ts';
import { type RowSummary, summaryColumns, summaryOf } from '../row-summary.ts';
import { untilEnded, writeLine } from '../until-ended.ts';

interface Shared {
  platform?: PlatformName;
  json: boolean;
}

/** The orders that changed last, the newest first. */
export async function listOrders(
  context: OperatorContext,
  { json, ...wanted }: Shared & OrdersWanted,
): Promise<number> {
  const { orders } = await newestOrders(context, wanted);
  print(json, { orders }, orders.length === 0 ? ['There is no order.'] : columns(orders.map(lineOf)));
  return EXIT.done;
}

const lineOf = (row: RowSummary): string[] => [row.name, ...summaryColumns(row)];

/** Prints every row without its person as NDJSON. A terminal is told how far it came, on stderr. */
export function exportOrders(
  context: OperatorContext,
  {
    platform,
    from = 0,
    to = context.control.clock.now(),
  }: { platform?: PlatformName; from?: EpochMs; to?: EpochMs },
): Promise<number> {
  checkTimes({ from, to }, to);
  return untilEnded(async (signal) => {
    let written = 0;
    for (const store of storesOf(context, platform)) {
      for await (const keys of changedPages(context.index, { ...store, between: { from, to } })) {
        for (const row of await context.ordersOf(keys))
          if (row !== undefined) await writeLine(JSON.stringify(redactedRow(row)), signal);
        written += keys.length;
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${written} orders ...`);
        if (signal.aborted) break;
      }
    }
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    return EXIT.done;
  });
}

const EVERY_MS = 2_000;
/** The index follows the table within a moment, so what changed this long ago is looked at once more. In ms. */
const OVERLAP_MS = 10_000;

/** Prints orders as they change, until it is ended: one line each, or one JSON object each. */
export function tailOrders(context: OperatorContext, command: Shared): Promise<number> {
  const { index, orders, control } = context;
  const seen = new Map<string, string>();
  return untilEnded(async (signal) => {
    let from = control.clock.now();
    while (!signal.aborted) {
      const to = control.clock.now();
      for (const store of storesOf(context, command.platform)) {
        const between = { from: from - OVERLAP_MS, to };
        for await (const keys of changedPages(index, { ...store, between }))
          for (const { changedAt, ...key } of keys) {
            const name = itemName(key);
            if (seen.get(name) === changedAt) continue;
            seen.set(name, changedAt);
            const row = await orders.get(key);
            if (row === undefined) continue;
            const summary = summaryOf(row);
            const line = command.json
              ? JSON.stringify(summary)
              : withoutControls(lineOf(summary).join('  ').trimEnd());
            await writeLine(line, signal);
          }
      }
      from = to;
      await wait(EVERY_MS, undefined, { signal }).catch(() => {});
    }
    return EXIT.done;
  });
}
