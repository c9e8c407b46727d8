import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { Merchant } from '../config/merchant.ts';
import { createTransport } from '../functions/http/transport.ts';
import type { SingleFetch } from '../functions/pipeline/replay/fetch-now.ts';
import { createImotrizClient } from '../functions/platforms/imotriz/client.ts';
import { createPedidosyaClient } from '../functions/platforms/pedidosya/client.ts';
import { imotrizApiSecret, pedidosyaApiSecret } from '../functions/platforms/secrets.ts';
import { createBucket } from '../functions/rate-limit/bucket.ts';
import { createDynamoStore } from '../functions/rate-limit/store-dynamodb.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createSecret } from '../functions/runtime/secrets.ts';
import { createBackfillRequests } from '../functions/storage/backfill-requests.ts';
import { createCircuitBreaker } from '../functions/storage/circuit-breaker.ts';
import { bucketKey } from '../functions/storage/keys.ts';
import { OperatorError } from './operator-error.ts';

export interface SingleFetchOptions {
  merchant: Merchant;
  client: DynamoDBDocumentClient;
  controlTable: string;
  outputs: (name: string) => string;
  clock: Clock;
}

/**
 * Fetches single orders with the merchant's own credentials and from the buckets that the functions share.
 *
 * @throws OperatorError when the merchant has not the platform.
 */
export function singleFetch(options: SingleFetchOptions, platform: 'pedidosya' | 'imotriz'): SingleFetch {
  const { pedidosya, imotriz } = options.merchant.platforms;
  if (platform === 'pedidosya' && pedidosya !== undefined) return pedidosyaFetch(options, pedidosya);
  if (platform === 'imotriz' && imotriz !== undefined) return imotrizFetch(options, imotriz);
  throw new OperatorError(`merchant ${options.merchant.name} has no ${platform}.`);
}

function pedidosyaFetch(
  options: SingleFetchOptions,
  settings: NonNullable<Merchant['platforms']['pedidosya']>,
): SingleFetch {
  const { clock } = options;
  const secret = secretOf(options, 'PedidosyaApiSecretArn', pedidosyaApiSecret);
  const bucket = bucketOf(options, bucketKey('pedidosya', 'api', settings.egress), settings.rate);
  const transport = createTransport({ clock, onCall: () => {} });
  return {
    bucket,
    pause: pauseOf(options, 'pedidosya', settings.chainId),
    fetch: async (orderId, correlationId) => {
      const client = createPedidosyaClient({
        settings,
        transport,
        clock,
        correlationId,
        credential: (wish) => (wish?.fresh ? secret.fresh() : secret.get()),
        onFeedback: (feedback) => bucket.observe(feedback),
      });
      return (await client.orders.get(orderId)).bytes;
    },
  };
}

function imotrizFetch(
  options: SingleFetchOptions,
  settings: NonNullable<Merchant['platforms']['imotriz']>,
): SingleFetch {
  const { clock } = options;
  const secret = secretOf(options, 'ImotrizApiSecretArn', imotrizApiSecret);
  const bucket = bucketOf(options, bucketKey('imotriz', 'api', settings.storeId), settings.rate);
  const transport = createTransport({ clock, onCall: () => {} });
  return {
    bucket,
    pause: pauseOf(options, 'imotriz', settings.storeId),
    fetch: async (orderId, correlationId) => {
      const client = createImotrizClient({
        settings,
        transport,
        clock,
        correlationId,
        token: async (wish) => (await (wish?.fresh ? secret.fresh() : secret.get())).token,
        onFeedback: (feedback) => bucket.observe(feedback),
      });
      // The record alone: what it may be wrapped in is not part of the order.
      return Buffer.from(JSON.stringify((await client.order(orderId)).json), 'utf8');
    },
  };
}

function secretOf<T>({ merchant, outputs, clock }: SingleFetchOptions, output: string, schema: z.ZodType<T>) {
  const client = new SecretsManagerClient({ region: merchant.region });
  return createSecret({ client, id: outputs(output), schema, clock });
}

function bucketOf(
  { client, controlTable, clock }: SingleFetchOptions,
  key: string,
  { perSecond, burst }: { perSecond: number; burst: number },
) {
  const store = createDynamoStore({ client, tableName: controlTable });
  return createBucket({ store, key, rate: perSecond, burst, clock });
}

const pauseOf = (
  { client, controlTable, clock }: SingleFetchOptions,
  platform: 'pedidosya' | 'imotriz',
  storeId: string,
) => {
  const store = { client, table: controlTable, platform, storeId, clock };
  return createCircuitBreaker({ ...store, backfill: createBackfillRequests(store) });
};
