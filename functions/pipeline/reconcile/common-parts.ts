import type { Platform } from '../../platforms/names.ts';
import { createBucket } from '../../rate-limit/bucket.ts';
import { createDynamoStore } from '../../rate-limit/store-dynamodb.ts';
import { documentClient, type Runtime } from '../../runtime/lambda.ts';
import { createBackfillReader } from '../../storage/backfill-reader.ts';
import { createBackfillRequests } from '../../storage/backfill-requests.ts';
import { createCircuitBreaker } from '../../storage/circuit-breaker.ts';
import { createLease } from '../../storage/lease.ts';
import { createOrderStore } from '../../storage/orders.ts';
import { createProgressStore, reconcilePk } from '../../storage/reconcile-progress.ts';
import { createReports } from './report.ts';

type ReconcilerName = 'nuvemshop-reconcile' | 'pedidosya-reconcile' | 'imotriz-reconcile';

/** What every reconciliation works with. `scope` names the store, and the credential whose pause counts. */
export function reconcilerParts(runtime: Runtime<ReconcilerName>, platform: Platform, scope: string) {
  const { env, clock } = runtime;
  const client = documentClient();
  const table = env.CONTROL_TABLE;
  const control = { client, table, platform, scope, clock };
  const memory = { client, table, pk: reconcilePk(platform, scope) };
  return {
    client,
    memory,
    orders: createOrderStore(client, env.ORDERS_TABLE),
    lease: createLease({ client, table, name: memory.pk, clock }),
    pause: createCircuitBreaker({ ...control, due: createBackfillRequests(control) }),
    progress: createProgressStore(memory),
    due: createBackfillReader(memory),
    reports: createReports(memory),
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
