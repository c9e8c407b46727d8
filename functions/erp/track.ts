import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { OrderKey } from '../domain/order-row.ts';
import type { StockSettings } from '../domain/stock/settings.ts';
import { followRow, type OrderFollower } from '../outbound/stock/follow-order.ts';
import { mapConcurrent } from '../pipeline/batch.ts';
import { awsOptions } from '../pipeline/deployed.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { keyOfPk, orderPk } from '../storage/keys.ts';
import { createOrderClaims } from '../storage/order-claims.ts';
import { createOrderStore } from '../storage/orders.ts';
import { createStockStore } from '../storage/stock.ts';

/** The dimension of metrics about the merchant's own system. */
const platform = 'erp';
/** Orders that are followed at the same time. */
const AT_ONCE = 8;

export interface Tracker {
  readonly follower: OrderFollower;
  readonly metrics: Metrics;
  readonly log: Log;
}

export function createTracker(settings: StockSettings, runtime: Runtime<'track'>): Tracker {
  const { env, clock, log, metrics } = runtime;
  const client = documentClient(awsOptions(runtime));
  const table = env.ORDERS_TABLE;
  return {
    follower: {
      orders: createOrderStore(client, table),
      claims: createOrderClaims(client, table),
      stock: createStockStore({ client, table, rules: settings, clock }),
      settings,
      clock,
    },
    metrics,
    log,
  };
}

/**
 * Follows the orders whose rows were written. A record only says which order to look at: the row is read as it is now. Where
 * one fails, the batch comes again from its first record on, and what was done is done again without effect.
 */
export async function track(
  { follower, metrics, log }: Tracker,
  { Records: records }: DynamoDBStreamEvent,
): Promise<DynamoDBBatchResponse> {
  const first = new Map<string, { key: OrderKey; at: number }>();
  for (const [at, { dynamodb }] of records.entries()) {
    const key = keyIn(dynamodb?.Keys?.pk?.S);
    if (key !== undefined && !first.has(orderPk(key))) first.set(orderPk(key), { key, at });
  }
  const failed: number[] = [];
  let claims = 0;
  await mapConcurrent(AT_ONCE, [...first.values()], async ({ key, at }) => {
    try {
      const followed = await followRow(follower, key);
      if ('claims' in followed) claims += followed.claims;
      else
        log.error('an order has too many lines to be followed; its stock is not claimed', {
          order: orderPk(key),
        });
    } catch (error) {
      failed.push(at);
      log.error('an order could not be followed; the batch comes again from it on', {
        order: orderPk(key),
        error: describeError(error),
      });
    }
  });
  metrics.add('StockClaimsChanged', platform, claims);
  metrics.add('StockFollowFailed', platform, failed.length);
  if (failed.length === 0) return { batchItemFailures: [] };
  const itemIdentifier = records[Math.min(...failed)]?.dynamodb?.SequenceNumber ?? '';
  return { batchItemFailures: [{ itemIdentifier }] };
}

function keyIn(pk: string | undefined): OrderKey | undefined {
  try {
    return pk === undefined ? undefined : keyOfPk(pk);
  } catch {
    return undefined;
  }
}
