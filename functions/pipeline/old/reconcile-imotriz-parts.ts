import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { countCalls } from '../../http/call-metrics.ts';
import { createTransport } from '../../http/transport.ts';
import { createImotrizClient } from '../../platforms/imotriz/client.ts';
import { imotrizApiSecret } from '../../platforms/secrets.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { bucketKey } from '../../storage/keys.ts';
import { createMissingIds } from '../../storage/missing-ids.ts';
import { createRawStore } from '../../storage/raw-bytes.ts';
import { reconcilerParts } from '../reconcile/common-parts.ts';
import type { Reconciler } from '../reconcile/reconcile.ts';
import type { Scan } from '../reconcile/scan-plan.ts';
import { imotrizOff, imotrizSource } from './reconcile-imotriz.ts';

/** Everything the reconciliation of an iMotriz store works with, made once per container. */
export function createImotrizReconciler(runtime: Runtime<'imotriz-reconcile'>): Reconciler<Scan> {
  const { env, clock, metrics } = runtime;
  const { SETTINGS: settings } = env;
  const parts = reconcilerParts(runtime, 'imotriz', settings.storeId);
  const secret = createSecret({
    client: new SecretsManagerClient({}),
    id: env.SECRET_ID,
    schema: imotrizApiSecret,
    clock,
  });
  const bucket = parts.bucketOf(bucketKey('imotriz', 'api', settings.storeId), settings.rate);
  const transport = createTransport({ clock, onCall: countCalls(metrics) });
  const clientFor = (correlationId: string) =>
    createImotrizClient({
      settings,
      transport,
      clock,
      correlationId,
      token: async (options) => (await (options?.fresh ? secret.fresh() : secret.get())).token,
      onFeedback: (feedback) => bucket.observe(feedback),
    });
  const source = imotrizSource({
    ...runtime,
    ...parts,
    settings,
    raws: createRawStore({
      client: parts.client,
      table: env.ORDERS_TABLE,
      days: env.RAW_DAYS,
      now: () => clock.now(),
    }),
    missing: createMissingIds(parts.memory),
    listIds: ({ correlationId }) => clientFor(correlationId).orderIds(),
    fetchOrder: (id, { correlationId }) => clientFor(correlationId).order(id),
  });
  return { ...runtime, ...parts, source, bucket, off: () => imotrizOff(settings) };
}
