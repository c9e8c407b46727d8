import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Channel, type Merchant, stockOf } from '../config/merchant.ts';
import { stockOutput } from '../config/output-names.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { gatherHints } from '../functions/runtime/gather-hints.ts';
import { createStockHints } from '../functions/runtime/stock-hints.ts';
import { createOrderClaims } from '../functions/storage/order-claims.ts';
import { createProductSkus } from '../functions/storage/product-skus.ts';
import { createStockStore } from '../functions/storage/stock.ts';
import { createStockIndex } from '../functions/storage/stock-index.ts';
import { createZeroWatch } from '../functions/storage/stock-zeroed.ts';
import { OperatorError, type Outputs } from './outputs.ts';

/** @throws OperatorError when the merchant's stock is not counted */
export function openStock(options: {
  merchant: Merchant;
  channels: readonly Channel[];
  control: { client: DynamoDBDocumentClient; table: string; clock: Clock };
  ordersTable: string;
  sqs: SQSClient;
  outputs: Outputs;
}) {
  const { merchant, channels, control, ordersTable, sqs, outputs } = options;
  const { client, clock } = control;
  const settings = stockOf(merchant);
  if (settings === undefined)
    throw new OperatorError(
      `Nobody counts the stock of merchant ${merchant.name}. Add "stock" to its configuration and deploy.`,
    );
  const told = channels.filter(({ stock }) => stock !== undefined).map(({ platform }) => platform.name);
  const urls = Object.fromEntries(told.map((name) => [name, outputs(stockOutput(name))]));
  const hints = gatherHints(createStockHints(sqs, urls));
  return {
    settings,
    clock,
    store: createStockStore({ client, table: ordersTable, rules: settings, clock, onDue: hints.note }),
    /** What orders are known to take. */
    claims: createOrderClaims(client, ordersTable),
    index: createStockIndex(client, ordersTable),
    skus: createProductSkus(client, ordersTable),
    zeros: createZeroWatch(control),
    sendHints: () => hints.send(clock.now()),
  };
}
