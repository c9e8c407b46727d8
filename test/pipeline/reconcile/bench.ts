import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Reconciler, reconcile } from '../../../functions/pipeline/reconcile/reconcile.ts';
import type { Report } from '../../../functions/pipeline/reconcile/report.ts';
import { reconcileRequest } from '../../../functions/pipeline/reconcile/request.ts';
import type { Scan } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import type { Source } from '../../../functions/pipeline/reconcile/source.ts';
import { createBucket } from '../../../functions/rate-limit/bucket.ts';
import { createDynamoStore } from '../../../functions/rate-limit/store-dynamodb.ts';
import type { Clock } from '../../../functions/runtime/clock.ts';
import { createBackfillRequests } from '../../../functions/storage/backfill-requests.ts';
import { createCircuitBreaker } from '../../../functions/storage/circuit-breaker.ts';
import { bucketKey, reconcilePk } from '../../../functions/storage/keys.ts';
import { createLease } from '../../../functions/storage/lease.ts';
import { createOrderStore } from '../../../functions/storage/orders.ts';
import { createProgressStore, createReports } from '../../../functions/storage/reconcile-memory.ts';
import { countingMetrics, keptLog } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';

export interface BenchOptions {
  scope: string;
  platform: 'nuvemshop' | 'pedidosya' | 'imotriz';
  clock: Clock;
  /** Calls per second and at once; plenty when absent. */
  rate?: { perSecond: number; burst: number };
}

let serial = 0;

/** What a reconciliation stands on, with a table of its own; `run` makes one run of a source. */
export function createBench({ client, table }: LocalTables, options: BenchOptions) {
  const { scope, platform, clock, rate = { perSecond: 100, burst: 1000 } } = options;
  const memory = { client, table, platform, storeId: scope, clock };
  const pk = reconcilePk(memory);
  const backfill = createBackfillRequests(memory);
  const metrics = countingMetrics();
  const log = keptLog();
  const bucket = createBucket({
    store: createDynamoStore({ client, tableName: table }),
    key: bucketKey(platform, 'api', scope),
    rate: rate.perSecond,
    burst: rate.burst,
    clock,
  });
  const parts = {
    metrics,
    log,
    clock,
    bucket,
    orders: createOrderStore(client, table),
    lease: createLease({ client, table, name: pk, clock }),
    pause: createCircuitBreaker({ ...memory, backfill }),
    progress: createProgressStore(memory),
    backfill,
    reports: createReports(memory),
  };
  const items = async (): Promise<Record<string, unknown>[]> =>
    (await client.send(new ScanCommand({ TableName: table }))).Items ?? [];
  return {
    ...parts,
    pk,
    memory,
    items,
    /** Every item but those of the bucket, which a dry run's calls count in as well. */
    written: async () => (await items()).filter(({ pk: key }) => !String(key).startsWith('bucket#')),
    async run<T extends Scan>(
      source: Source<T>,
      {
        event = { scheduled: true },
        remainingMs = () => 300_000,
        change = {},
      }: { event?: object; remainingMs?: () => number; change?: Partial<Reconciler<T>> } = {},
    ): Promise<Report> {
      serial += 1;
      const reconciler = { ...parts, source, ...change };
      return reconcile(reconciler, reconcileRequest.parse(event), { runId: `run-${serial}`, remainingMs });
    },
  };
}
