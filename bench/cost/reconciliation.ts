import * as z from 'zod';
import { isoTime } from '../../functions/domain/time.ts';
import type { ReconciliationCost } from '../../lib/cost/event-costs.ts';
import { perOne } from '../../lib/cost/units.ts';
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

/** Counts what it takes to compare a day's orders that the table has already, and of which none differs. */
export async function measureReconciliation(
  counted: Counted,
  store: ShopStore,
  orders: number,
): Promise<ReconciliationCost> {
  const { shop, counter, memoryMbOf } = counted;
  for (let placed = 0; placed < orders; ) {
    const now = Math.min(AT_ONCE, orders - placed);
    for (let one = 0; one < now; one += 1) store.place();
    placed += now;
    await arrive(shop, store);
  }
  const reconciler = functionsOf(counted, store).find(({ path }) => path.includes('/Reconcile/'));
  if (reconciler === undefined) throw new Error(`nothing reconciles ${store.platform.title}`);
  const run = async () => {
    const now = Date.now();
    const { payload } = await shop.cloud.invoke(reconciler.path, {
      storeId: store.storeId,
      from: isoTime(now - DAY_MS),
      only: ['order'],
    });
    await arrive(shop, store);
    return reports.parse(payload)[0];
  };
  // The first one brings what no webhook told of.
  await run();
  counter.reset();
  const calls = store.simulator.calls.length;
  const report = await run();
  const { seen = 0, missing = 0, stale = 0 } = report?.counts ?? {};
  if (report?.outcome !== 'done' || seen < orders || missing + stale > 0)
    throw new Error(
      `the reconciliation of ${store.platform.title} ended as ${report?.outcome}: of ${seen} orders ${missing} were missing and ${stale} stale`,
    );
  const waitMs = (store.simulator.calls.length - calls) * PLATFORM_ANSWERS_AFTER_MS;
  const { name } = reconciler;
  counter.add(name, { waitMs, gigabyteSeconds: (waitMs / 1000) * (memoryMbOf(name) / 1024) });
  return {
    platform: store.platform.title,
    orders: seen,
    looks: looksAt(store),
    look: perOne(counter.of(name), seen),
  };
}

/** How often an order is compared that changed once: when its time has come, and by each look that goes back so far. */
function looksAt({ platform, store }: ShopStore): number {
  const { reconciliation } = platform.resources.order;
  const everyRunMs = reconciliation.everyMinutes(store) * MINUTE_MS;
  const each = reconciliation
    .scans(store)
    .map(({ everyMs, lookbackMs }) => 1 + lookbackMs / Math.max(everyMs, everyRunMs));
  // Of several outlets that are listed alike, an order is of one.
  return [...new Set(each)].reduce((sum, one) => sum + one, 0);
}
