import { SQSClient } from '@aws-sdk/client-sqs';
import type { Platform } from '../platforms/names.ts';
import type { Runtime } from '../runtime/lambda.ts';
import { createQueue } from '../runtime/queue.ts';
import { createBackfillRequests } from '../storage/backfill-requests.ts';
import { createChunkStore } from '../storage/chunks.ts';
import { createCircuitBreaker } from '../storage/circuit-breaker.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { createOrderStore } from '../storage/orders.ts';
import { createRawStore } from '../storage/raw-bytes.ts';

type ConsumerName = 'nuvemshop-orders' | 'pedidosya-orders' | 'imotriz-orders';

/** The AWS side that every consumer of orders has. `storeId` names the credential whose circuit counts. */
export function consumerParts(runtime: Runtime<ConsumerName>, platform: Platform, storeId: string) {
  const { env, clock } = runtime;
  const client = documentClient();
  const now = () => clock.now();
  const control = { client, table: env.CONTROL_TABLE, platform, storeId, clock };
  return {
    client,
    orders: createOrderStore(client, env.ORDERS_TABLE),
    raws: createRawStore({ client, table: env.ORDERS_TABLE, days: env.RAW_DAYS, now }),
    parts: createChunkStore({ client, table: env.CONTROL_TABLE, now }),
    pause: createCircuitBreaker({ ...control, backfill: createBackfillRequests(control) }),
    queue: createQueue(new SQSClient({}), env.QUEUE_URL),
  };
}
