import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { keyOfPk } from '../../functions/storage/keys.ts';
import { runDay } from './day.ts';
import { openShop, type Shop, type ShopOptions } from './shop.ts';
import { openTable, type ShopTable } from './table.ts';
import { invitation, orderLine } from './terminal.ts';

export interface LiveOptions extends Pick<ShopOptions, 'merchant' | 'seed' | 'apiPort' | 'keep'> {
  orders: number;
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
  const watch: { table?: ShopTable } = {};
  const shop = await openShop({
    ...options,
    schedules: 'on',
    onProgress: (step) => process.stderr.isTTY && process.stderr.write(`${step} ...\n`),
    onFunctionLog: (_name, line) => void printOrder(watch.table, line, say),
  });
  watch.table = openTable(shop.cloud);
  try {
    say(
      `Acopio runs for merchant "${options.merchant.name}". Webhooks: ${shop.cloud.apiUrl}   Stop: Ctrl-C\n`,
    );
    // Something to send a webhook about, before anybody asks.
    for (const { webhooks, place } of shop.stores) if (webhooks !== undefined) place();
    say(invitation(shop));
    const polling = keepPolling(shop, signal);
    const pause = () => wait(PACE_MS, undefined, { signal }).catch(() => {});
    await runDay(shop, { ...options, pause });
    if (!signal.aborted)
      say('\nThe shop day is over; everything stays up, try the commands above. Stop: Ctrl-C');
    await polling;
  } finally {
    const { table } = watch;
    delete watch.table;
    table?.close();
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
  say: (text: string) => void,
): Promise<void> {
  if (table === undefined || !line.includes('"outcome"')) return;
  const read = recorded.safeParse(JSON.parse(line));
  if (!read.success) return;
  const row = await table.get(keyOfPk(read.data.order)).catch(() => undefined);
  if (row !== undefined) say(orderLine(row));
}
