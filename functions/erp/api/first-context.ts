import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Runtime } from '../../runtime/handler.ts';
import { createAcknowledgements } from '../../storage/acknowledgements.ts';
import { readCircuit } from '../../storage/circuit-breaker.ts';
import { createFeedReader } from '../../storage/feed.ts';
import type { StoreName } from '../../storage/keys.ts';
import { createOrderStore, createRawStore } from '../../storage/orders.ts';
import { createOrderIndex } from '../../storage/row-index.ts';
import type { FirstContext } from './context.ts';

/** What the first routes work with, but for commands. */
export function createFirstContext(
  stores: readonly StoreName[],
  { env, clock, metrics, log }: Runtime<'api'>,
  client: DynamoDBDocumentClient,
): Omit<FirstContext, 'commands'> {
  const [orders, control] = [
    { client, table: env.ORDERS_TABLE, clock },
    { client, table: env.CONTROL_TABLE, clock },
  ];
  return {
    stores,
    orders: createOrderStore(client, orders.table),
    raws: createRawStore({ ...orders, days: env.RAW_DAYS, now: clock.now }),
    index: createOrderIndex(client, orders.table),
    acknowledgements: createAcknowledgements(orders),
    feed: createFeedReader(control),
    openCircuits: async (platform) => {
      const ofPlatform = stores.filter((store) => store.platform === platform);
      const states = await Promise.all(ofPlatform.map((store) => readCircuit({ ...control, ...store })));
      return states.filter((state) => state !== undefined).length;
    },
    clock,
    metrics,
    log,
  };
}
