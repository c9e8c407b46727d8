import { setTimeout as wait } from 'node:timers/promises';
import { itemName } from '../../functions/domain/item-name.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import type { ChangesCursor } from '../../functions/storage/row-index.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { columns, print } from '../print.ts';
import { type RowSummary, summaryColumns, summaryOf } from '../row-summary.ts';
import { untilEnded, writeLine } from '../until-ended.ts';

interface Shared {
  platform?: PlatformName;
  json: boolean;
}

const storesOf = ({ stores }: OperatorContext, { platform }: Shared) =>
  stores.filter((store) => platform === undefined || store.platform === platform);

/** The orders that changed last, the newest first. */
export async function listOrders(
  context: OperatorContext,
  command: Shared & { limit: number; status?: string; notAcknowledged: boolean },
): Promise<number> {
  const { limit, status, notAcknowledged, json } = command;
  const lists = await Promise.all(
    storesOf(context, command).map((store) =>
      newest(context, store, limit, (row) => {
        if (status !== undefined && row.order?.status !== status) return false;
        return !notAcknowledged || (row.order !== undefined && row.acknowledgements === undefined);
      }),
    ),
  );
  const orders = lists
    .flat()
    .sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1))
    .slice(0, limit);
  print(json, { orders }, orders.length === 0 ? ['There is no order.'] : columns(orders.map(lineOf)));
  return EXIT.done;
}

const lineOf = (row: RowSummary): string[] => [row.name, ...summaryColumns(row)];

type Row = NonNullable<Awaited<ReturnType<OperatorContext['orders']['get']>>>;

/** Rows of a store that are meant, the newest first. */
async function newest(
  { index, orders }: OperatorContext,
  store: { platform: PlatformName; storeId: string },
  limit: number,
  isMeant: (row: Row) => boolean,
): Promise<RowSummary[]> {
  const found: RowSummary[] = [];
  let after: ChangesCursor | undefined;
  do {
    const page = await index.changes({ ...store, limit, newestFirst: true, ...(after ? { after } : {}) });
    const rows = await Promise.all(page.keys.map((key) => orders.get(key)));
    for (const row of rows) if (row !== undefined && isMeant(row)) found.push(summaryOf(row));
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return found.slice(0, limit);
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
      for (const store of storesOf(context, command)) {
        const { keys } = await index.changes({ ...store, between: { from: from - OVERLAP_MS, to } });
        for (const { changedAt, ...key } of keys) {
          const name = itemName(key);
          if (seen.get(name) === changedAt) continue;
          seen.set(name, changedAt);
          const row = await orders.get(key);
          if (row === undefined) continue;
          const summary = summaryOf(row);
          const line = command.json ? JSON.stringify(summary) : lineOf(summary).join('  ').trimEnd();
          await writeLine(line, signal);
        }
      }
      from = to;
      await wait(EVERY_MS, undefined, { signal }).catch(() => {});
    }
    return EXIT.done;
  });
}
