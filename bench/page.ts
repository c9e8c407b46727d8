import { existsSync } from 'node:fs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { Command } from 'commander';
import { chromium, type Page } from 'playwright-core';
import { merchantNamed } from '../config/merchant.ts';
import { itemName } from '../functions/domain/item-name.ts';
import type { OrderRow } from '../functions/domain/order-row.ts';
import { mapConcurrent } from '../functions/pipeline/map-concurrent.ts';
import { CHANGES_INDEX, orderRowKey, REVIEW_INDEX, storeKey } from '../functions/storage/keys.ts';
import { servePageOf } from '../local/shop/page.ts';
import { openShop, type Shop } from '../local/shop/shop.ts';
import { openTable } from '../local/shop/table.ts';
import { percentile } from './pipeline/percentile.ts';
import { replaceSection } from './readme.ts';

const ORDERS = { long: 30_000, short: 500 };
/** Every so many-th row needs review. */
const REVIEW_EVERY = 100;
const AT_ONCE = 32;
/** Most that it may take until an order is noted, on a machine with other work. */
const TRACKED_MS = 100;
const SAMPLES = 5;
const GOAL_MS = 1_000;
const SCREENS = [
  'find',
  'order',
  'review',
  'now',
  'commands',
  'stock',
  'deadLetters',
  'reconciliations',
  'audit',
];
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

interface Line {
  screen: string;
  /** From going to the screen until what it shows is there; ms. */
  p50Ms: number;
  mostMs: number;
  /** What the page says that it took, such as `33 reads, 120 ms`. */
  cost: string;
}

/** `bench page`: how long each screen of the operator's page takes over a full table. */
export const command = new Command('page')
  .description("each screen of the operator's page in a browser, over 30,000 orders on the local cloud")
  .option('--short', '500 orders')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const executablePath = BROWSERS.find((path) => existsSync(path));
    if (executablePath === undefined) throw new Error('there is no chromium here: apt-get install chromium');
    const lines = await measure(options.short ? ORDERS.short : ORDERS.long, executablePath);
    console.log(options.json ? JSON.stringify({ lines }, null, 2) : table(lines));
    const late = lines.filter(({ p50Ms }) => p50Ms > GOAL_MS);
    for (const { screen, p50Ms } of late) console.error(`${screen} took ${p50Ms} ms`);
    if (late.length > 0) process.exitCode = 1;
    if (options.write && !options.short) await replaceSection('page', table(lines));
  });

async function measure(orders: number, executablePath: string): Promise<Line[]> {
  const shop = await openShop({ merchant: merchantNamed('demo'), seed: 1 });
  try {
    const name = await fill(shop, orders);
    const served = await servePageOf(shop, () => {});
    const link = new URL(/http:\S+/.exec(served.line ?? '')?.[0] ?? '');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
      await page.goto(link.href);
      const lines: Line[] = [];
      for (const screen of SCREENS) lines.push(await look(page, screenUrl(link, screen, name), screen));
      return lines;
    } finally {
      await browser.close();
      served.close();
    }
  } finally {
    await shop.close();
  }
}

/** Writes rows like one that the pipeline made. @returns the name of one of them */
async function fill(shop: Shop, orders: number): Promise<string> {
  for (const { webhooks, place } of shop.stores) if (webhooks !== undefined) place();
  for (const { simulator } of shop.stores) await simulator.world.settled();
  await shop.cloud.idle();
  const { client, all, close } = openTable(shop.cloud);
  try {
    const [sample] = await all();
    if (sample === undefined) throw new Error('no row came of a webhook');
    // No event is made of them: the feed is not what is measured.
    const { eventCount: _, ...row } = sample;
    const numbers = Array.from({ length: orders }, (_one, number) => number);
    const TableName = shop.cloud.tableName('Orders/Table');
    await mapConcurrent(AT_ONCE, numbers, async (number) => {
      await client.send(new PutCommand({ TableName, Item: itemOf(row, number) }));
    });
    // The tracker notes by what texts each of them is found. What it has left to do is no part of a screen.
    await shop.cloud.idle(60_000 + orders * TRACKED_MS);
    return itemName(sample);
  } finally {
    close();
  }
}

function itemOf(sample: OrderRow, number: number) {
  const at = new Date(Date.now() - number * 15_000).toISOString();
  const row: OrderRow = { ...sample, platformOrderId: `bench-${number}`, changedAt: at };
  const review = { reason: 'schema-mismatch', problem: 'total: expected text', at: Date.now() } as const;
  const waits = number % REVIEW_EVERY === 0;
  return {
    ...row,
    ...orderRowKey(row),
    [CHANGES_INDEX.partition]: storeKey(row),
    ...(waits
      ? { state: 'needs-review', review, [REVIEW_INDEX.partition]: row.platform, [REVIEW_INDEX.sort]: at }
      : {}),
  };
}

const screenUrl = ({ origin }: URL, screen: string, order: string): string =>
  `${origin}/#/${screen}${screen === 'order' ? `/${encodeURIComponent(order)}` : ''}`;

async function look(page: Page, url: string, screen: string): Promise<Line> {
  const took: number[] = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    // What the screen before still asks for would be measured as well.
    await page.waitForLoadState('networkidle');
    await page.goto('about:blank');
    const began = performance.now();
    await page.goto(url);
    await page.locator('main .cost').first().waitFor();
    took.push(performance.now() - began);
  }
  const cost = (await page.locator('main .cost').first().textContent()) ?? '';
  return { screen, p50Ms: Math.round(percentile(took, 0.5)), mostMs: Math.round(Math.max(...took)), cost };
}

const table = (lines: readonly Line[]): string =>
  [
    '| screen | loaded anew, p50 | the slowest of 5 | what it reads |',
    '|---|---|---|---|',
    ...lines.map(({ screen, p50Ms, mostMs, cost }) => `| ${screen} | ${p50Ms} ms | ${mostMs} ms | ${cost} |`),
  ].join('\n');
