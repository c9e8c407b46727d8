import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { catchUp } from '../../functions/erp/catch-up.ts';
import { createEventBus, eventBridgeClient } from '../../functions/erp/event-bus.ts';
import { createPublisher, publish } from '../../functions/erp/publish.ts';
import { createSweeper, sweep } from '../../functions/erp/sweep.ts';
import type { EndpointCaller } from '../../functions/erp/webhooks/call.ts';
import { createDeliverer, deliverEvent } from '../../functions/erp/webhooks/deliver.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { type ErpJob, readEnvironment } from '../../functions/runtime/environment.ts';
import type { Runtime } from '../../functions/runtime/handler.ts';
import { createCatchUpProgress } from '../../functions/storage/catch-up-progress.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { documentClient } from '../../functions/storage/dynamodb.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { createFeedReader, type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import {
  createCustomerIndex,
  createOrderIndex,
  createProductIndex,
} from '../../functions/storage/row-index.ts';
import { createSkuReader } from '../../functions/storage/stock-index.ts';
import { CHANNELS, TABLE, variablesOfErp } from '../plan/merchant.ts';
import { type ColdStart, type ContainerOptions, framed } from './containers.ts';

const STORE_NAMES = CHANNELS.flatMap(({ platform, stores }) =>
  stores.map(({ id }) => ({ platform: platform.name, storeId: id })),
);

/** The endpoint's id. */
export const ENDPOINT = 'simulated';

/** What the operator does for the merchant's own system. */
export type ErpErrand =
  | 'restore-finish'
  | 'catch-up'
  /** Lets the endpoint go on from the beginning of the epoch. */
  | 'move-endpoint';

export interface ErpColdStarts {
  publish: ColdStart<DynamoDBStreamEvent, DynamoDBBatchResponse>;
  deliver: ColdStart<SQSEvent, SQSBatchResponse>;
  sweep: ColdStart<object, void>;
  operator: ColdStart<ErpErrand, void>;
}

/** Cold starts of the functions of the merchant's own system, with the world's clock and log, and its way to the endpoint. */
export function erpColdStarts({ log, metrics }: ContainerOptions, caller: EndpointCaller): ErpColdStarts {
  const runtime = <J extends ErpJob>(job: J, clock: Clock): Runtime<J> => ({
    env: readEnvironment(job, variablesOfErp()),
    log: log(`erp-${job}`),
    metrics,
    clock,
  });
  return {
    publish(clock) {
      const publisher = createPublisher(runtime('publish', clock), {
        // A module that is read from the disk while a world runs comes when this machine likes.
        loadBus: async () => ({ createEventBus, eventBridgeClient }),
      });
      return framed(log('erp-publish'), (event) => publish(publisher, event));
    },
    deliver(clock) {
      const deliverer = { ...createDeliverer(runtime('deliver', clock)), caller };
      return framed(log('erp-deliver'), async (event, run) => {
        await deliverEvent(deliverer, event, run);
        return { batchItemFailures: [] };
      });
    },
    sweep(clock) {
      const sweeper = createSweeper(runtime('sweep', clock), STORE_NAMES);
      return framed(log('erp-sweep'), () => sweep(sweeper));
    },
    operator: (clock) => framed(log('erp-operator'), (errand) => operate(errand, clock)),
  };
}

async function operate(errand: ErpErrand, clock: Clock): Promise<void> {
  const client = documentClient();
  const control = { client, table: TABLE.control, clock };
  if (errand === 'restore-finish') {
    await startEpoch(control);
    return;
  }
  if (errand === 'move-endpoint') {
    const { epoch } = await createFeedReader(control).head();
    const admin = createEndpointAdmin(control);
    await admin.move(ENDPOINT, { epoch, seq: 0 });
    await admin.resume(ENDPOINT);
    return;
  }
  await catchUp(
    {
      orders: createOrderStore(client, TABLE.orders),
      commands: createCommandStore({ client, table: TABLE.orders, clock: control.clock }),
      index: createOrderIndex(client, TABLE.orders),
      products: createProductStore(client, TABLE.orders),
      productIndex: createProductIndex(client, TABLE.orders),
      customers: createCustomerStore(client, TABLE.orders),
      customerIndex: createCustomerIndex(client, TABLE.orders),
      skus: createSkuReader(client, TABLE.orders),
      feed: createFeedWriter(control),
      progress: createCatchUpProgress(control),
      report: () => {},
    },
    STORE_NAMES,
  );
}

/** A system that reads the feed asks for what comes after a place; for the end when it has none. */
export interface FeedQuestion {
  after: FeedPosition | undefined;
  limit: number;
}
export type FeedAnswer =
  | { head: FeedPosition }
  | { lost: PositionLost['why'] }
  | { events: readonly FeedEvent[] };

/** Answers one question of a reader as the API does, with the same code below it. */
export function feedAnswerer(clock: Clock): (question: FeedQuestion) => Promise<FeedAnswer> {
  const reader = createFeedReader({ client: documentClient(), table: TABLE.control, clock });
  return async ({ after, limit }) => {
    if (after === undefined) return { head: await reader.head() };
    try {
      return { events: await reader.read(after, limit) };
    } catch (error) {
      if (error instanceof PositionLost) return { lost: error.why };
      throw error;
    }
  };
}
