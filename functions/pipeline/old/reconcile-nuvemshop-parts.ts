import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { countCalls } from '../../http/call-metrics.ts';
import { createTransport } from '../../http/transport.ts';
import { createNuvemshopClient } from '../../platforms/nuvemshop/client.ts';
import { CHANGE_FIELDS } from '../../platforms/nuvemshop/listed-order.ts';
import { nuvemshopStoreSecret } from '../../platforms/secrets.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createQueue } from '../../runtime/queue.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { bucketKey } from '../../storage/keys.ts';
import { createPendingFetches } from '../../storage/pending-fetches.ts';
import { reconcilerParts } from '../reconcile/common-parts.ts';
import type { Reconciler } from '../reconcile/reconcile.ts';
import { type NuvemshopScan, nuvemshopSource } from './reconcile-nuvemshop.ts';

/** Everything the reconciliation of a Nuvemshop store works with, made once per container. */
export function createNuvemshopReconciler(
  runtime: Runtime<'nuvemshop-reconcile'>,
): Reconciler<NuvemshopScan> {
  const { env, clock, metrics, log } = runtime;
  const { SETTINGS: settings } = env;
  const parts = reconcilerParts(runtime, 'nuvemshop', settings.storeId);
  const secret = createSecret({
    client: new SecretsManagerClient({}),
    id: env.SECRET_ID,
    schema: nuvemshopStoreSecret,
    clock,
  });
  const bucket = parts.bucketOf(bucketKey('nuvemshop', 'api', settings.storeId), settings.rate);
  const transport = createTransport({ clock, onCall: countCalls(metrics) });
  const source = nuvemshopSource({
    ...runtime,
    ...parts,
    settings,
    pending: createPendingFetches(parts.memory),
    queue: createQueue(new SQSClient({}), env.QUEUE_URL),
    async *listOrders(window, { correlationId, admit }) {
      const observed: Promise<void>[] = [];
      const client = createNuvemshopClient({
        settings,
        transport,
        clock,
        correlationId,
        admit,
        token: async (options) => (await (options?.fresh ? secret.fresh() : secret.get())).accessToken,
        onFeedback: (feedback) => {
          observed.push(
            bucket.observe(feedback).catch((error: unknown) => {
              log.warn('the bucket did not hear of the platform', { error: String(error) });
            }),
          );
        },
      });
      try {
        yield* client.orders.listWithin(window, { fields: [...CHANGE_FIELDS] });
      } finally {
        await Promise.all(observed);
      }
    },
  });
  return { ...runtime, ...parts, source, bucket };
}
