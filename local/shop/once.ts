import { describeError } from '../../functions/runtime/describe-error.ts';
import { unlessInterrupted } from '../interruption.ts';
import { runDay } from './day.ts';
import { type EventFile, openEventFile } from './feed.ts';
import { openShop, type ShopOptions } from './shop.ts';
import { pushStock, withCountedStock } from './stock-push.ts';
import { type Summary, summarise } from './summary.ts';
import { openTable } from './table.ts';
import { summaryText } from './terminal.ts';
import { waitUntilIdle } from './wait-until-idle.ts';

export interface OnceOptions extends Pick<ShopOptions, 'merchant' | 'seed' | 'apiPort' | 'keep' | 'signal'> {
  orders: number;
  json: boolean;
  /** File that gets the feed. */
  events?: string;
}

/** A platform's limit sets the pace: 30 s and as long as the slowest platform needs for its share of the orders. */
const patienceMs = (orders: number): number => 60_000 + orders * 1500;

/** Runs a shop day at full speed and prints what it came to. Answers the exit code. */
export async function runOnce(options: OnceOptions): Promise<number> {
  const progress = !options.json && process.stderr.isTTY;
  const file = options.events === undefined ? undefined : openEventFile(options.events);
  const report = (step: string) => {
    if (progress) process.stderr.write(`${step} ...\n`);
  };
  const merchant = withCountedStock(options.merchant);
  const summary = await playDay({ ...options, merchant }, report, file);
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  return summary.ok ? 0 : 1;
}

/** Opens a shop, lets the day pass, waits until all is at rest, reads the result and closes the shop. */
export async function playDay(
  options: Omit<OnceOptions, 'json' | 'events'>,
  onProgress: (step: string) => void = () => {},
  file?: EventFile,
): Promise<Summary> {
  const shop = await openShop({ ...options, onProgress });
  const table = openTable(shop.cloud);
  const day = async (): Promise<Summary> => {
    onProgress(`letting a day with ${options.orders} orders pass`);
    const startedAt = Date.now();
    await runDay(shop, options);
    onProgress('waiting until every queue is empty');
    await waitUntilIdle(shop, patienceMs(options.orders));
    const summary = await summarise(shop, table, startedAt, file);
    onProgress('telling the platforms what there is');
    // The day is what is judged: a number that is late makes no order wrong.
    const pushed = await pushStock(shop, { signal: options.signal }).catch((error: unknown) =>
      onProgress(`no stock was told: ${describeError(error)}`),
    );
    if (pushed === undefined) return summary;
    const told = Object.groupBy(pushed.told, ({ platform }) => platform);
    const counts = Object.entries(told).map(([platform, own = []]) => [platform, own.length] as const);
    return { ...summary, stock: { skus: pushed.skus, told: Object.fromEntries(counts) } };
  };
  try {
    const { signal } = options;
    return await (signal === undefined ? day() : unlessInterrupted(signal, day()));
  } finally {
    table.close();
    await shop.close();
  }
}
