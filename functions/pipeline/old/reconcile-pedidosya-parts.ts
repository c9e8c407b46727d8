import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { countCalls } from '../../http/call-metrics.ts';
import { PlatformError } from '../../http/errors.ts';
import { createTransport } from '../../http/transport.ts';
import { createMemoryTokenCache } from '../../platforms/pedidosya/client/memory-token-cache.ts';
import { createPedidosyaClient } from '../../platforms/pedidosya/client.ts';
import { pedidosyaApiSecret } from '../../platforms/secrets.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { bucketKey } from '../../storage/keys.ts';
import { createRawStore } from '../../storage/raw-bytes.ts';
import { reconcilerParts } from '../reconcile/common-parts.ts';
import type { Reconciler } from '../reconcile/reconcile.ts';
import { type PedidosyaScan, pedidosyaSource } from './reconcile-pedidosya.ts';

/** The token endpoint takes 50 calls a minute, apart from all others (seen at PedidosYa by one client); we stay at 40. */
const TOKEN_RATE = { perSecond: 40 / 60, burst: 4 };

/** Everything the reconciliation of a PedidosYa chain works with, made once per container. */
export function createPedidosyaReconciler(
  runtime: Runtime<'pedidosya-reconcile'>,
): Reconciler<PedidosyaScan> {
  const { env, clock, metrics } = runtime;
  const { SETTINGS: settings } = env;
  const parts = reconcilerParts(runtime, 'pedidosya', settings.chainId);
  const secret = createSecret({
    client: new SecretsManagerClient({}),
    id: env.SECRET_ID,
    schema: pedidosyaApiSecret,
    clock,
  });
  // The platform counts by source address, whatever the credential.
  const bucket = parts.bucketOf(bucketKey('pedidosya', 'api', settings.egress), settings.rate);
  const tokenBucket = parts.bucketOf(bucketKey('pedidosya', 'token', settings.egress), TOKEN_RATE);
  const transport = createTransport({ clock, onCall: countCalls(metrics) });
  const tokenCache = createMemoryTokenCache();
  const source = pedidosyaSource({
    ...runtime,
    ...parts,
    settings,
    raws: createRawStore({
      client: parts.client,
      table: env.ORDERS_TABLE,
      days: env.RAW_DAYS,
      now: () => clock.now(),
    }),
    listPage: (request, { correlationId, admit }) =>
      createPedidosyaClient({
        settings,
        transport,
        clock,
        correlationId,
        tokenCache,
        credential: (options) => (options?.fresh ? secret.fresh() : secret.get()),
        onFeedback: (feedback) => bucket.observe(feedback),
        admit: async (operation) => {
          if (operation !== 'oauth.token') return admit();
          if ((await tokenBucket.take(1, 'bulk')).granted > 0) return;
          throw new PlatformError({ platform: 'pedidosya', operation, kind: 'retry-later', throttled: true });
        },
      }).orders.page(request),
  });
  return { ...runtime, ...parts, source, bucket };
}
