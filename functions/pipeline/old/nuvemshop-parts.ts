import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { countCalls } from '../../http/call-metrics.ts';
import { PlatformError } from '../../http/errors.ts';
import { createTransport } from '../../http/transport.ts';
import { createNuvemshopClient } from '../../platforms/nuvemshop/client.ts';
import type { RateLimitFeedback } from '../../platforms/nuvemshop/rate-limit.ts';
import { nuvemshopStoreSecret } from '../../platforms/secrets.ts';
import { createBucket } from '../../rate-limit/bucket.ts';
import { createGate } from '../../rate-limit/gate.ts';
import { createDynamoStore } from '../../rate-limit/store-dynamodb.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { createAuditTrail } from '../../storage/audit-trail.ts';
import { bucketKey } from '../../storage/keys.ts';
import { createOrderIndex } from '../../storage/order-index.ts';
import { createPendingFetches } from '../../storage/pending-fetches.ts';
import { createPrivacyReports } from '../../storage/privacy-reports.ts';
import { consumerParts } from '../consumer-parts.ts';
import type { NuvemshopConsumer } from './nuvemshop-consumer.ts';

/** Everything the Nuvemshop consumer works with, made once per container. */
export function createNuvemshopConsumer(runtime: Runtime<'nuvemshop-orders'>) {
  const { env, clock, metrics, log } = runtime;
  const settings = env.SETTINGS;
  const parts = consumerParts(runtime, 'nuvemshop', settings.storeId);
  const secret = createSecret({
    client: new SecretsManagerClient({}),
    id: env.SECRET_ID,
    schema: nuvemshopStoreSecret,
    clock,
  });
  const bucket = createBucket({
    store: createDynamoStore({ client: parts.client, tableName: env.CONTROL_TABLE }),
    key: bucketKey('nuvemshop', 'api', settings.storeId),
    rate: settings.rate.perSecond,
    burst: settings.rate.burst,
    clock,
  });
  const transport = createTransport({ clock, onCall: countCalls(metrics) });
  const observed: Promise<void>[] = [];
  const onFeedback = (feedback: RateLimitFeedback): void => {
    const { limit, remaining } = feedback;
    if (limit !== undefined && remaining !== undefined) {
      metrics.add('BucketFillPercent', 'nuvemshop', Math.round((100 * (limit - remaining)) / limit));
    }
    observed.push(
      bucket.observe(feedback).catch((error: unknown) => {
        log.warn('the bucket did not hear of the platform', { error: String(error) });
      }),
    );
  };

  const fetchOrder: NuvemshopConsumer['fetchOrder'] = async (orderId, correlationId) => {
    let calls = 0;
    const client = createNuvemshopClient({
      settings,
      transport,
      clock,
      correlationId,
      onFeedback,
      token: async (options) => (await (options?.fresh ? secret.fresh() : secret.get())).accessToken,
      // The gate let one call through; the second, after a refused token, needs a slot of its own.
      admit: async (operation) => {
        calls += 1;
        if (calls > 1 && (await bucket.take(1, 'urgent')).granted === 0) {
          throw new PlatformError({ platform: 'nuvemshop', operation, kind: 'retry-later', throttled: true });
        }
      },
    });
    const order = await client.orders.get(orderId);
    await Promise.all(observed.splice(0));
    return order;
  };

  const consumer: NuvemshopConsumer = {
    ...runtime,
    ...parts,
    storeId: settings.storeId,
    gate: createGate({ bucket, clock, sleep: (ms) => clock.sleep(ms) }),
    fetchOrder,
    pending: createPendingFetches({
      client: parts.client,
      table: env.CONTROL_TABLE,
      platform: 'nuvemshop',
      storeId: settings.storeId,
      clock,
    }),
    random: Math.random,
    privacy: { ...runtime, ...parts, ...privacyParts(runtime, parts.client) },
  };
  return { consumer, parts: parts.parts };
}

/** What privacy requests need beyond the rows and bytes themselves. */
function privacyParts({ env, clock }: Runtime<'nuvemshop-orders'>, client: DynamoDBDocumentClient) {
  const control = { client, table: env.CONTROL_TABLE, clock };
  return {
    index: createOrderIndex(client, env.ORDERS_TABLE),
    trail: createAuditTrail(control),
    reports: createPrivacyReports({ ...control, platform: 'nuvemshop', storeId: env.SETTINGS.storeId }),
  };
}
