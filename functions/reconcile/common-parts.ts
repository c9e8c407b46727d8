import type { Platform } from '../contract/platform.ts';
import { createOrderStore } from '../orders/store.ts';
import { createDueMark } from '../pause/due.ts';
import { createPause } from '../pause/pause.ts';
import { documentClient, type Runtime } from '../runtime/lambda.ts';
import { createLease } from '../runtime/lease.ts';
import { createBucket } from '../throttle/bucket.ts';
import { createDynamoStore } from '../throttle/store-dynamodb.ts';
import { createDueReader } from './due.ts';
import { createProgressStore, reconcilePk } from './progress.ts';
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
    pause: createPause({ ...control, due: createDueMark(control) }),
    progress: createProgressStore(memory),
    due: createDueReader(memory),
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
