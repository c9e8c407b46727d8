import type { Platform } from '../../platforms/names.ts';
import { createBucket } from '../../rate-limit/bucket.ts';
import { createDynamoStore } from '../../rate-limit/store-dynamodb.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createBackfillRequests } from '../../storage/backfill-requests.ts';
import { createCircuitBreaker } from '../../storage/circuit-breaker.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { reconcilePk } from '../../storage/keys.ts';
import { createLease } from '../../storage/lease.ts';
import { createOrderStore } from '../../storage/orders.ts';
import { createProgressStore } from '../../storage/reconcile-progress.ts';
import { createReports } from '../../storage/reconcile-reports.ts';

type ReconcilerName = 'nuvemshop-reconcile' | 'pedidosya-reconcile' | 'imotriz-reconcile';

/** What every reconciliation works with. `storeId` also names the credential whose circuit counts. */
export function reconcilerParts(runtime: Runtime<ReconcilerName>, platform: Platform, storeId: string) {
  const { env, clock } = runtime;
  const client = documentClient();
  const table = env.CONTROL_TABLE;
  const control = { client, table, platform, storeId, clock };
  const backfill = createBackfillRequests(control);
  return {
    client,
    memory: control,
    orders: createOrderStore(client, env.ORDERS_TABLE),
    lease: createLease({ client, table, name: reconcilePk(control), clock }),
    pause: createCircuitBreaker({ ...control, backfill }),
    progress: createProgressStore(control),
    backfill,
    reports: createReports(control),
    /** The bucket that all callers of the platform share, by its key. */
    bucketOf: (key: string, { perSecond, burst }: { perSecond: number; burst: number }) =>
      createBucket({
        store: createDynamoStore({ client, tableName: table }),
        key,
        rate: perSecond,
        burst,
        clock,
      }),
  };
}
