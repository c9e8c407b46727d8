import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { isoTime } from '../../functions/domain/time.ts';
import { WORTH_A_WRITE } from '../../functions/pipeline/reconcile/found-current.ts';
import { FOUND_BYTES, FOUND_CURRENT_MS } from '../../functions/storage/found-current.ts';
import type { ReconciliationCost } from '../../lib/cost/event-costs.ts';
import { perOne, sum, times, type Units } from '../../lib/cost/units.ts';
import type { ShopStore } from '../../local/shop/stores.ts';
import { arrive, type Counted, functionsOf, PLATFORM_ANSWERS_AFTER_MS } from './measure.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const AT_ONCE = 50;

const reports = z.array(
  z.looseObject({
    outcome: z.string(),
    counts: z.looseObject({ seen: z.number(), missing: z.number(), stale: z.number() }),
  }),
);

/** A store with orders that the table has already and of which none differs, and when the last of them came (epoch ms). */
export interface Settled {
  store: ShopStore;
  orders: number;
  at: number;
  /** What a run took before the first of them. */
  run: Units;
}

/** Lets orders come, and what no webhook told of too. */
export async function letOrdersCome(
  { shop, ...counted }: Counted,
  store: ShopStore,
  orders: number,
): Promise<Omit<Settled, 'run'>> {
  for (let placed = 0; placed < orders; ) {
    const now = Math.min(AT_ONCE, orders - placed);
    for (let one = 0; one < now; one += 1) store.place();
    placed += now;
    await arrive(shop, store);
  }
  const { path } = reconcilerOf({ shop, ...counted }, store);
  const from = isoTime(Date.now() - DAY_MS);
  await shop.cloud.invoke(path, { storeId: store.storeId, from, only: ['order'] });
  await arrive(shop, store);
  return { store, orders, at: Date.now() };
}

/** Counts a run of the schedule over a store without orders. The first one of all looks far back, so the second counts. */
export async function measureEmptyRun(counted: Counted, store: ShopStore): Promise<Units> {
  await countRun(counted, store, 0);
  const { units } = await countRun(counted, store, 0);
  return units;
}

/**
 * Counts what the schedule's runs take to compare orders that do not differ, and takes off what a run takes without any: the first one
 * reads every row, the next one goes by what the first found current.
 */
export async function measureReconciliation(
  counted: Counted,
  { store, orders, at, run }: Settled,
): Promise<ReconciliationCost> {
  await sleep(Math.max(0, at + LEFT_TO_LIVE_TRAFFIC_MS - Date.now()));
  // Its container may have gone cold meanwhile; a dry run leaves nothing behind that the next one could go by.
  const { path } = reconcilerOf(counted, store);
  const from = isoTime(Date.now() - DAY_MS);
  await counted.shop.cloud.invoke(path, { storeId: store.storeId, from, only: ['order'], dryRun: true });
  const perOrder = async () => {
    const { seen, units } = await countRun(counted, store, orders);
    return { seen, look: perOne(sum(units, times(run, -1)), seen) };
  };
  const { seen, look } = await perOrder();
  const { look: spared } = await perOrder();
  const { looks, sparedLooks, runsAWrite, runsADay } = looksAt(store);
  return {
    platform: store.platform.title,
    run,
    runsADay,
    orders: seen,
    looks,
    look,
    sparedLooks,
    sparedLook: sum(spared, { writeUnits: FOUND_BYTES / WRITE_UNIT_BYTES / runsAWrite }),
  };
}

/** One run of the schedule, in which nothing differs. @throws Error when something does, or fewer orders are met than there are */
async function countRun(
  counted: Counted,
  store: ShopStore,
  orders: number,
): Promise<{ seen: number; units: Units }> {
  const { shop, counter, memoryMbOf } = counted;
  const { name, path } = reconcilerOf(counted, store);
  counter.reset();
  const calls = store.simulator.calls.length;
  const { payload } = await shop.cloud.invoke(path, {
    scheduled: true,
    storeId: store.storeId,
    only: ['order'],
  });
  await arrive(shop, store);
  const report = reports.parse(payload)[0];
  const { seen = 0, missing = 0, stale = 0 } = report?.counts ?? {};
  if (report?.outcome !== 'done' || seen < orders || missing + stale > 0)
    throw new Error(
      `the reconciliation of ${store.platform.title} ended as ${report?.outcome}: of ${seen} orders ${missing} were missing and ${stale} stale`,
    );
  const waitMs = (store.simulator.calls.length - calls) * PLATFORM_ANSWERS_AFTER_MS;
  counter.add(name, { waitMs, gigabyteSeconds: (waitMs / 1000) * (memoryMbOf(name) / 1024) });
  return { seen, units: counter.of(name) };
}

/** Of so late a change no list is asked, and its row is read again (ms). */
const LEFT_TO_LIVE_TRAFFIC_MS = 4 * MINUTE_MS;
const WRITE_UNIT_BYTES = 1024;

function reconcilerOf(counted: Counted, store: ShopStore) {
  const found = functionsOf(counted, store).find(({ path }) => path.includes('/Reconcile/'));
  if (found === undefined) throw new Error(`nothing reconciles ${store.platform.title}`);
  return found;
}

/**
 * How often an order is compared that changed once: when its time has come, and by each look that goes back so far. Spared are looks
 * of the scans of every run, but for the first one, those after what was found current has expired, and those until it is
 * written down: with orders that come evenly, every `runsAWrite` runs.
 */
function looksAt({ platform, store }: ShopStore): {
  looks: number;
  sparedLooks: number;
  runsAWrite: number;
  runsADay: number;
} {
  const { reconciliation } = platform.resources.order;
  const everyRunMs = reconciliation.everyMinutes(store) * MINUTE_MS;
  const each = reconciliation.scans(store).map(({ everyMs, lookbackMs }) => {
    const all = 1 + lookbackMs / Math.max(everyMs, everyRunMs);
    if (everyMs > 0 || reconciliation.lists === 'ids') return { all, read: all, runsAWrite: 1 };
    const runsAWrite = Math.max(1, Math.ceil((lookbackMs / everyRunMs) * WORTH_A_WRITE));
    const read = Math.ceil(lookbackMs / FOUND_CURRENT_MS) + runsAWrite - 1;
    return { all, read: Math.min(all, read), runsAWrite };
  });
  // Of several outlets that are listed alike, an order is of one.
  const unlike = each.filter(({ all }, at) => each.findIndex((one) => one.all === all) === at);
  const looks = unlike.reduce((total, { read }) => total + read, 0);
  const all = unlike.reduce((total, one) => total + one.all, 0);
  return {
    looks,
    sparedLooks: all - looks,
    runsAWrite: Math.max(...each.map((one) => one.runsAWrite)),
    runsADay: DAY_MS / everyRunMs,
  };
}
