import type { StockSettings } from '../domain/stock/settings.ts';
import { checkAll } from '../outbound/stock/check.ts';
import type { Comparer } from '../outbound/stock/compare.ts';
import { followMissed, type MissedProducts } from '../outbound/stock/follow-missed.ts';
import { awsOptions } from '../pipeline/deployed.ts';
import { type GatheredHints, gatherHints } from '../runtime/gather-hints.ts';
import type { Invocation, Runtime } from '../runtime/handler.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import { createStockHints } from '../runtime/stock-hints.ts';
import type { Log } from '../runtime/telemetry.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { createCatalogueCompared } from '../storage/last-times.ts';
import { createProductSkus } from '../storage/product-skus.ts';
import { createProductStore } from '../storage/products.ts';
import { createProductIndex } from '../storage/row-index.ts';
import { createStockStore } from '../storage/stock.ts';
import { createStockIndex } from '../storage/stock-index.ts';

/** The dimension of metrics about the merchant's own system. */
const platform = 'erp';
/** What is left of a run's time when it stops looking, to do what follows from what it saw (ms). */
const ROOM_MS = 120_000;

export interface StockChecker {
  readonly comparer: Comparer;
  readonly missed: MissedProducts;
  readonly hints: GatheredHints;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Made once per container. */
export function createStockChecker(settings: StockSettings, runtime: Runtime<'compare'>): StockChecker {
  const { env, clock, log, metrics } = runtime;
  const client = documentClient(awsOptions(runtime));
  const table = env.ORDERS_TABLE;
  const hints = gatherHints(createStockHints(sqsClient(awsOptions(runtime)), env.STOCK_QUEUES));
  const shared = {
    stock: createStockStore({ client, table, rules: settings, clock, onDue: hints.note }),
    products: createProductStore(client, table),
    settings,
    clock,
  };
  return {
    comparer: {
      ...shared,
      index: createStockIndex(client, table),
      comparedAt: ({ outletId, ...store }) =>
        createCatalogueCompared({ client, table: env.CONTROL_TABLE, ...store }).get(outletId),
    },
    missed: {
      ...shared,
      skus: createProductSkus(client, table),
      productIndex: createProductIndex(client, table),
    },
    hints,
    metrics,
    log,
  };
}

/** Links what nobody linked, compares every channel once, acts on it, and says what a person has to look at. */
export async function checkStock(
  { comparer, missed, hints, metrics, log }: StockChecker,
  { remainingMs }: Pick<Invocation, 'remainingMs'>,
): Promise<void> {
  const { clock } = comparer;
  // As much time is left to the comparison, which every night has to come to its end.
  const followed = await followMissed(missed, clock.now() + (remainingMs() - ROOM_MS) / 2);
  if (followed.followed > 0 || followed.unfinished)
    log.info('products that nobody had followed were linked to their SKUs', { ...followed });
  const { checked } = await checkAll(comparer, clock.now() + remainingMs() - ROOM_MS);
  await hints.send(clock.now());
  log.info('what channels show was compared with what they were told', { ...checked });
  if (checked.unfinished)
    log.error('the time was over before every SKU was compared; "stock drift" compares them all', {
      skus: checked.skus,
    });
  metrics.add('StockDrift', platform, checked.left);
  metrics.add('StockUnlinked', platform, checked.unlinked);
  if (!checked.unfinished) metrics.add('StockCompared', platform, 1);
}
