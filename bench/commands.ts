import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Command } from 'commander';
import * as z from 'zod';
import { channelsOf, merchantNamed } from '../config/merchant.ts';
import { itemName } from '../functions/domain/item-name.ts';
import { bucketItemKey, bucketKey } from '../functions/storage/control-keys.ts';
import { openShop, type Shop } from '../local/shop/shop.ts';
import type { ShopStore } from '../local/shop/stores.ts';
import { openTable } from '../local/shop/table.ts';
import { percentile } from './pipeline/percentile.ts';
import { replaceSection } from './readme.ts';

const SAMPLES = { long: 40, short: 8 };
/** Orders that are cancelled before anything is measured: functions start, and clients are made. */
const WARM = 3;
/** Not every order can be cancelled: some outlets pick with the platform's own app. */
const MOST_ORDERS = 400;
const LOOK_EVERY_MS = 5;
const PATIENCE_MS = 60_000;

interface Line {
  platform: string;
  /** From POST to the platform's first call and to the call that cancels; ms. */
  look: number[];
  done: number[];
}

/** Cancels orders one after the other, each on an idle bucket: nothing of the calls before weighs on the platform's limit. */
async function measure(samples: number): Promise<Line[]> {
  const merchant = merchantNamed('demo');
  const cancels = new Set(
    channelsOf(merchant)
      .filter(({ platform, stores }) =>
        stores.some((store) => !('refused' in platform.commands(store).cancel)),
      )
      .map(({ platform }) => platform.name),
  );
  const shop = await openShop({ merchant, seed: 1 });
  try {
    const lines: Line[] = [];
    for (const store of shop.stores.filter(({ platform }) => cancels.has(platform.name))) {
      const line: Line = { platform: store.platform.name, look: [], done: [] };
      for (let n = 0; n < MOST_ORDERS && line.done.length < samples; n += 1) {
        const taken = await cancelOne(shop, store);
        if (n < WARM || taken === undefined) continue;
        line.look.push(taken.look);
        line.done.push(taken.done);
      }
      lines.push(line);
    }
    return lines;
  } finally {
    await shop.close();
  }
}

async function rowOf(shop: Shop, orderId: string) {
  const table = openTable(shop.cloud);
  try {
    return (await table.all()).find((one) => one.platformOrderId === orderId);
  } finally {
    table.close();
  }
}

const level = z.object({ tat: z.number() });

/** Waits until nothing that was called before weighs on the platform's limit: at some it leaks for seconds after each order. */
async function isIdle(shop: Shop, { platform, store }: ShopStore): Promise<void> {
  const scope = platform.limits(store).api?.scope ?? '';
  const Key = bucketItemKey(bucketKey(platform.name, 'api', scope));
  const table = openTable(shop.cloud);
  try {
    const TableName = shop.cloud.tableName('Control/Table');
    const { Item } = await table.client.send(new GetCommand({ TableName, Key }));
    const waitMs = (level.safeParse(Item).data?.tat ?? 0) - Date.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  } finally {
    table.close();
  }
}

const results = z.object({ items: z.array(z.object({ result: z.string() })) });

/** Undefined for an order that its platform tells nobody of, or lets nobody cancel. */
async function cancelOne(shop: Shop, store: ShopStore): Promise<{ look: number; done: number } | undefined> {
  const { simulator, platform } = store;
  await isIdle(shop, store);
  const orderId = store.place();
  await simulator.world.settled();
  await shop.cloud.idle();
  const row = await rowOf(shop, orderId);
  if (row === undefined) return undefined;
  const before = simulator.calls.length;
  const startedAt = Date.now();
  const response = await fetch(`${shop.cloud.outputs.ApiUrl}/v1/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      items: [
        {
          id: `bench-${orderId}`,
          order: itemName(row),
          command: 'cancel',
          input: { reason: 'inventory', restock: false },
        },
      ],
    }),
  });
  const [item] = results.parse(await response.json()).items;
  if (item?.result !== 'accepted') return undefined;
  const seen = () => simulator.calls.slice(before);
  while (!seen().some(({ method, status }) => method !== 'GET' && status > 0)) {
    if (Date.now() - startedAt > PATIENCE_MS)
      throw new Error(`${platform.name} was not called for ${orderId}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const calls = seen();
  const at = (call: { at: number } | undefined) => (call?.at ?? Number.NaN) - startedAt;
  return { look: at(calls[0]), done: at(calls.find(({ method }) => method !== 'GET')) };
}

/** `bench commands`: from the request of the merchant's own system to the platform's call, on an idle bucket. */
export const command = new Command('commands')
  .description('from POST /v1/commands to the call at the platform, on the local cloud')
  .option('--short', 'fewer samples')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const lines = await measure(options.short ? SAMPLES.short : SAMPLES.long);
    console.log(options.json ? JSON.stringify(lines, null, 2) : table(lines));
    const missed = lines.filter(({ done }) => !(percentile(done, 0.5) <= GOAL_MS));
    for (const { platform } of missed)
      console.error(`${platform} is called later than the goal of ${GOAL_MS} ms`);
    if (missed.length > 0) process.exitCode = 1;
    if (options.write && !options.short) await replaceSection('commands', table(lines));
  });

/** From the request to the call, p50, in ms. */
const GOAL_MS = 1000;

function table(lines: readonly Line[]): string {
  const ms = (sample: readonly number[], p: number) => `${percentile(sample, p).toFixed(0)} ms`;
  return [
    '| a cancellation at | orders | looked for, p50 | called, p50 | called, p99 |',
    '|---|---|---|---|---|',
    ...lines.map(
      ({ platform, look, done }) =>
        `| ${platform} | ${done.length} | ${ms(look, 0.5)} | ${ms(done, 0.5)} | ${ms(done, 0.99)} |`,
    ),
  ].join('\n');
}
