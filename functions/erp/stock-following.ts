import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StockSettings } from '../domain/stock/settings.ts';
import { followRow, type OrderFollower } from '../outbound/stock/follow-order.ts';
import { followProduct, type ProductFollower } from '../outbound/stock/follow-product.ts';
import { awsOptions } from '../pipeline/deployed.ts';
import { describeError } from '../runtime/describe-error.ts';
import { gatherHints } from '../runtime/gather-hints.ts';
import type { Runtime } from '../runtime/handler.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import { createStockHints } from '../runtime/stock-hints.ts';
import type { Log } from '../runtime/telemetry.ts';
import { keyIn, keyOfPk } from '../storage/keys.ts';
import { createOrderClaims } from '../storage/order-claims.ts';
import { createOrderStore } from '../storage/orders.ts';
import { productKeyOfPk } from '../storage/product-keys.ts';
import { createProductSkus } from '../storage/product-skus.ts';
import { createProductStore } from '../storage/products.ts';
import { createStockStore } from '../storage/stock.ts';

/** Follows with the stock what becomes of orders and products. */
export interface StockFollower {
  /** Follows what a partition is of. Answers how many claims changed. */
  follow(pk: string): Promise<number>;
  /** Says which stores came to have something to tell. What it says may be lost. */
  sendHints(): Promise<void>;
}

/** Makes the follower of a tracker. */
export type StockFollowing = (runtime: Runtime<'track'>, client: DynamoDBDocumentClient) => StockFollower;

/** In a file of its own, because the tracker of a merchant whose stock nobody counts is bundled without it. */
export const stockFollowing =
  (settings: StockSettings): StockFollowing =>
  (runtime, client) => {
    const { env, clock, log } = runtime;
    const table = env.ORDERS_TABLE;
    const hints = gatherHints(createStockHints(sqsClient(awsOptions(runtime)), env.STOCK_QUEUES));
    const follower = {
      orders: createOrderStore(client, table),
      claims: createOrderClaims(client, table),
      products: createProductStore(client, table),
      skus: createProductSkus(client, table),
      stock: createStockStore({ client, table, rules: settings, clock, onDue: hints.note }),
      settings,
      clock,
    };
    return {
      follow: (pk) => follow(follower, pk, log),
      sendHints: () =>
        hints.send(clock.now()).catch((error: unknown) => {
          log.warn('nobody was told that stores have stock to be told; the sweep tells it', {
            error: describeError(error),
          });
        }),
    };
  };

async function follow(follower: OrderFollower & ProductFollower, pk: string, log: Log): Promise<number> {
  const order = keyIn(pk, keyOfPk);
  if (order !== undefined) {
    const followed = await followRow(follower, order);
    if ('claims' in followed) {
      sayUncountable(log, { order: pk }, followed.uncountable);
      return followed.claims;
    }
    log.error(
      'an order has too many lines for its edits to be followed; all that it took at first is claimed',
      {
        order: pk,
      },
    );
    return 0;
  }
  const product = keyIn(pk, productKeyOfPk);
  if (product !== undefined) sayUncountable(log, { product: pk }, await followProduct(follower, product));
  return 0;
}

/** The SKU itself is a platform's free text, of any length. */
function sayUncountable(log: Log, row: { order: string } | { product: string }, skus = 0): void {
  if (skus === 0) return;
  log.warn(
    'SKUs that are too long, or hold control characters, are not counted; write them otherwise at the platform',
    { ...row, skus },
  );
}
