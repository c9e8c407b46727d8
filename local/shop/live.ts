import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import { keyOfPk } from '../../functions/storage/keys.ts';
import { runDay } from './day.ts';
import { openEventFile, watchFeed } from './feed.ts';
import { servePageOf } from './page.ts';
import { openShop, type Shop, type ShopOptions } from './shop.ts';
import { pushStock, withCountedStock } from './stock-push.ts';
import { openTable, type ShopTable } from './table.ts';
import { eventLine, invitation, numberOf, orderLine, stockLine } from './terminal.ts';

export interface LiveOptions extends Pick<ShopOptions, 'merchant' | 'seed' | 'apiPort' | 'keep'> {
  orders: number;
  /** File that gets the feed. */
  events?: string;
  /** Ends the day, and the shop. */
  signal: AbortSignal;
}

/** Between two things that happen in the shop. */
const PACE_MS = 700;
const POLL_EVERY_MS = 8_000;

/** Runs a shop day at a pace that can be followed, prints each order as it lands, and stays up until it is interrupted. */
export async function runLive(options: LiveOptions): Promise<number> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const { signal } = options;
  const file = options.events === undefined ? undefined : openEventFile(options.events);
  const watch: { table?: ShopTable } = {};
  /** What people call the orders that were printed, by the name that events have for them. */
  const numbers = new Map<string, string>();
  const print = (row: OrderRow): void => {
    numbers.set(itemName(row), numberOf(row));
    say(orderLine(row));
  };
  const shop = await openShop({
    ...options,
    merchant: withCountedStock(options.merchant),
    schedules: 'on',
    installed: true,
    onProgress: (step) => process.stderr.isTTY && process.stderr.write(`${step} ...\n`),
    onFunctionLog: (_name, line) => void printOrder(watch.table, line, print),
  });
  const table = openTable(shop.cloud);
  watch.table = table;
  // All products become known at once; they are in the feed and its file.
  const show = (event: FeedEvent) =>
    event.type.startsWith('product.') ? undefined : say(eventLine(event, numbers.get(event.key)));
  const watching = watchFeed(table.feed, { show, signal, ...(file === undefined ? {} : { file }) }).catch(
    (error: unknown) => say(`No event is shown any more: ${describeError(error)}`),
  );
  const page = await servePageOf(shop, say);
  try {
    // First, so that nobody has to look for it.
    if (page.line !== undefined) say(page.line);
    const seconds = (performance.now() / 1000).toFixed(1);
    say(
      `Acopio runs for merchant "${options.merchant.name}", after ${seconds} s. Webhooks: ${shop.cloud.apiUrl}   Stop: Ctrl-C\n`,
    );
    // Something to send a webhook about, before anybody asks.
    for (const { webhooks, place } of shop.stores) if (webhooks !== undefined) place();
    say(invitation(shop));
    const polling = keepPolling(shop, signal);
    const pause = () => wait(PACE_MS, undefined, { signal }).catch(() => {});
    await runDay(shop, { ...options, pause });
    if (!signal.aborted)
      await pushStock(shop, { signal, onPush: (push) => say(stockLine(push)) }).catch((error: unknown) =>
        say(`No stock was told: ${describeError(error)}`),
      );
    if (!signal.aborted)
      say('\nThe shop day is over; everything stays up, try the commands above. Stop: Ctrl-C');
    await Promise.all([polling, watching]);
  } finally {
    page.close();
    delete watch.table;
    table.close();
    await shop.close();
  }
  return 0;
}

/** Beside the schedule, so that nobody waits a minute for the first orders. */
async function keepPolling(shop: Shop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await shop.poll().catch(() => {});
    await wait(POLL_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

const recorded = z.object({
  message: z.string(),
  order: z.string(),
  outcome: z.enum(['created', 'updated', 'needs-review']),
});

/** A consumer logs each order it recorded by its key; the row has the rest. */
async function printOrder(
  table: ShopTable | undefined,
  line: string,
  print: (row: OrderRow) => void,
): Promise<void> {
  if (table === undefined || !line.includes('"outcome"')) return;
  const read = recorded.safeParse(JSON.parse(line));
  if (!read.success) return;
  const row = await table.get(keyOfPk(read.data.order)).catch(() => undefined);
  if (row !== undefined) print(row);
}
