import type { TimeRange } from '../../../functions/domain/time.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import { createReconcilers, type Reconciler } from '../../../functions/pipeline/reconcile/reconcile.ts';
import type { ListedOrder, ListedPage, ListsChanges } from '../../../functions/platforms/resource.ts';
import type { Scan } from '../../../functions/platforms/scan.ts';
import { reconcilePk } from '../../../functions/storage/control-keys.ts';
import { type RunOptions, runOf } from '../deployment-bench.ts';
import type { LocalTables } from '../local-tables.ts';
import { type BenchOptions, openBazaar } from './bench.ts';
import type { BazaarClient } from './client.ts';
import { days, minutes } from './reconcile.ts';

/**
 * A merchant's stores and their reconciliation, as the schedule starts it.
 *
 * @param subscribes whether it looks after the stores' webhooks too
 */
export function openReconciliation(
  tables: LocalTables,
  { subscribes = false, ...options }: BenchOptions & { subscribes?: boolean },
) {
  const bed = openBazaar(tables, options);
  const { WEBHOOK_URL, ...env } = bed.runtime.env;
  const reconcilers = createReconcilers(bed.deployed, {
    ...bed.runtime,
    env: subscribes ? { ...env, WEBHOOK_URL } : env,
  });
  const [first] = reconcilers;
  if (first === undefined) throw new Error('there is no store');
  return {
    ...bed,
    circuit: first.connection.circuit,
    bucket: first.connection.bucket,
    reconcilers,
    webhookUrl: WEBHOOK_URL,
    pk: reconcilePk({ platform: 'bazaar', storeId: bed.storeId }),
    /** One run over what Bazaar lists. */
    run: (options?: RunOptions) => runOf(first, options),
    /** One run over lists that the test makes up. */
    runOver: (slices: Slices, options?: RunOptions) => runOf(withSlices(first, slices), options),
    /** Places an order and lets time pass, in which nothing is told of it. */
    placeAndWait: (waitMs: number, shop = bed.storeId) => {
      const { id } = bed.shop.place(shop);
      bed.clock.move(waitMs);
      return id;
    },
  };
}

/** A scan that every run looks an hour back on, and the first run three days. */
export const scan = (name: string, change: Partial<Scan> = {}): Scan => ({
  name,
  order: 0,
  everyMs: 0,
  lookbackMs: minutes(60),
  firstMs: days(3),
  keptMs: days(59),
  longestSliceMs: days(1),
  quietPeriodMs: minutes(3),
  query: {},
  ...change,
});

/** An order of a list that cannot be compared now. */
export const INCOMPARABLE: ListedOrder = { orderId: 'o-0', status: { status: 'incomparable' } };

interface Slices {
  scans: readonly Scan[];
  list: ListsChanges<BazaarClient>['list'];
}

/** Lists made up by a test: each slice costs one call, and `compared` tells which were asked for. */
export function slicesOf(
  scans: readonly Scan[],
  entries: (
    slice: TimeRange & { scan: Scan; call(): Promise<void> },
  ) => Promise<ListedPage['orders']> = async () => [],
): Slices & { compared: string[] } {
  const compared: string[] = [];
  return {
    compared,
    scans,
    async *list(api, one, range) {
      const call = async () => {
        for await (const _ of api.orders('updated', { from: 0, to: 1 })) return;
      };
      await call();
      compared.push(`${one.name} ${new Date(range.from).toISOString().slice(0, 16)}`);
      yield { orders: await entries({ ...range, scan: one, call }) };
    },
  };
}

/** A failure of the platform's list. */
export const failing = (kind: PlatformError['kind'], change: object = {}) =>
  new PlatformError({ platform: 'bazaar', operation: 'orders.list', kind, status: 500, ...change });

function withSlices(reconciler: Reconciler, { scans, list }: Slices): Reconciler {
  const { platform } = reconciler;
  const { order } = platform.resources;
  const { everyMinutes, slowestCallMs, off } = order.reconciliation;
  const reconciliation: ListsChanges<BazaarClient> &
    Pick<typeof order.reconciliation, 'scans' | 'everyMinutes' | 'slowestCallMs'> = {
    lists: 'changes',
    everyMinutes,
    slowestCallMs,
    scans: () => scans,
    list,
    compare: (row, { status }) => {
      if (status.status === 'incomparable') throw new Error('it cannot be compared now');
      return row === undefined ? 'missing' : 'current';
    },
  };
  const changed = { ...reconciliation, ...(off === undefined ? {} : { off }) };
  return {
    ...reconciler,
    scans,
    platform: {
      ...platform,
      resources: { order: { ...order, reconciliation: changed as typeof order.reconciliation } },
    },
  };
}
