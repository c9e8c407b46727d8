import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMerchant } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { runDay } from '../../local/shop/day.ts';
import type { Shop } from '../../local/shop/shop.ts';
import {
  connectStores,
  pointAtSimulators,
  pollSchedules,
  secretsOf,
  startStores,
  stopStores,
} from '../../local/shop/stores.ts';
import { synthesizeApart } from '../../local/shop/synthesize-apart.ts';
import { openTable } from '../../local/shop/table.ts';
import { differences } from '../../local/shop/verify.ts';
import { waitUntilIdle } from '../../local/shop/wait-until-idle.ts';
import { type KeptCloud, startKeptCloud } from '../support/kept-cloud.ts';

/** How many moments to try; every night tries more. */
const KILLS = Number(process.env.KILLS ?? 1);
const FIRST_SEED = Number(process.env.KILLS_SEED ?? 1);
const ORDERS = 24;
/** Between two things that happen in the shop (ms): slow enough that much is under way at any moment. */
const PACE_MS = 25;
const TEST_MS = 900_000;
/** Two stores of some platforms, and every way to reconcile. */
const MERCHANT = fileURLToPath(new URL('../../chaos/plan/merchant.json', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a local cloud that keeps its data', () => {
  it.each(Array.from({ length: KILLS }, (_, index) => FIRST_SEED + index))(
    'has every order after it was killed in the middle of a shop day, was started again, and reconciled (seed %i)',
    { timeout: TEST_MS },
    async (seed) => {
      // Arrange
      const bench = await openBench(seed);
      const random = createSeededRandom(`${seed}/kill`);
      const killAt = random.int(5, 60);
      let step = 0;
      let restarted: Promise<void> | undefined;
      const pause = async () => {
        step += 1;
        if (step === killAt) restarted = bench.killAndStart();
        await wait(PACE_MS * 2 * random.next());
      };

      // Act
      try {
        await runDay(bench.shop, { orders: ORDERS, seed, pause });
        await (restarted ?? bench.killAndStart());
        await waitUntilIdle(bench.shop, 240_000);
        await bench.reconcile();
        await waitUntilIdle(bench.shop, 240_000);
        const { missing, behind } = differences(bench.shop, await bench.rows());

        // Assert: of a list of ids, a change whose one page was lost with the process stays unseen; the order does not.
        expect(missing).toEqual([]);
        expect(behind.filter((key) => !bench.polled(key))).toEqual([]);
      } finally {
        await bench.close();
      }
    },
  );
});

async function openBench(seed: number) {
  const [assembly, keep] = [join(folder, `app-${seed}`), join(folder, `data-${seed}`)];
  const configured = readMerchant(MERCHANT);
  const stores = await startStores(configured, seed);
  const merchant = pointAtSimulators(configured, stores);
  await synthesizeApart(merchant, assembly);
  const apiPort = await freePort();
  const start = () => startKeptCloud({ assembly, keep, apiPort, secrets: secretsOf(stores) });
  let cloud: KeptCloud = await start();
  connectStores(stores, cloud.apiUrl);
  const shop = {
    merchant,
    stores,
    // A schedule that finds nobody at home comes again.
    poll: async () => {
      await Promise.all(pollSchedules(stores).map((schedule) => cloud.fire(schedule).catch(() => {})));
    },
    cloud: { idle: (...options: Parameters<KeptCloud['idle']>) => cloud.idle(...options) },
  } as unknown as Shop;
  return {
    shop,
    polled: (key: string) =>
      stores.some(({ poll, platform }) => poll !== undefined && key.startsWith(`${platform.name}#`)),
    async killAndStart() {
      await cloud.kill();
      cloud = await start();
    },
    async reconcile() {
      const from = new Date(Date.now() - 3_600_000).toISOString();
      for (const name of new Set(stores.map(({ platform }) => platform.name)))
        await cloud.invoke(`${pascal(name)}/Reconcile/Reconciler/Function`, { from });
    },
    async rows() {
      const table = openTable(cloud as unknown as Parameters<typeof openTable>[0]);
      try {
        return await table.all();
      } finally {
        table.close();
      }
    },
    async close() {
      await cloud.kill();
      await stopStores(stores);
    },
  };
}

/** A port for the webhooks' address, which stays the same over a restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
