import type { SQSEvent } from 'aws-lambda';
import { accountOf } from '../../pipeline/account.ts';
import { awsOptions, type Deployed } from '../../pipeline/deployed.ts';
import { openStore } from '../../pipeline/store-context.ts';
import { commandHintSchema, createCommandHints } from '../../runtime/command-hints.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../../runtime/handler.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { createCommandLeases } from '../../storage/command-leases.ts';
import { createCommandStore } from '../../storage/commands.ts';
import { type Dispatcher, dispatchOrder } from './dispatch.ts';

/** What runs the commands of a platform's stores, by the store's id. */
export interface Dispatchers {
  readonly platform: string;
  readonly stores: ReadonlyMap<string, Dispatcher>;
  readonly log: Log;
}

/** Made once per container. */
export function createDispatchers(
  { platform, stores }: Deployed,
  runtime: Runtime<'dispatch'>,
  random: () => number = Math.random,
): Dispatchers {
  const { env, clock, log } = runtime;
  const account = accountOf(runtime);
  const hints = createCommandHints(sqsClient(awsOptions(runtime)), env.QUEUE_URL);
  const orders = { client: account.dynamo, table: env.ORDERS_TABLE, clock };
  const options = {
    account,
    ordersTable: env.ORDERS_TABLE,
    rawDays: env.RAW_DAYS,
    acknowledgeWithinHours: env.ACKNOWLEDGE_WITHIN_HOURS,
    // A command's order is never sent to be fetched: it is read at once.
    queue: { send: () => Promise.reject(new Error('the dispatcher has no intake queue')) },
  };
  const dispatcherOf = (store: (typeof stores)[number]): Dispatcher => ({
    ...openStore(platform, store, options),
    table: platform.commands(store),
    commands: createCommandStore(orders),
    leases: createCommandLeases(orders),
    hint: ({ storeId, platformOrderId: orderId }, delayMs) => hints.send({ storeId, orderId }, delayMs),
    random,
  });
  return {
    platform: platform.name,
    stores: new Map(stores.map((store) => [store.id, dispatcherOf(store)])),
    log,
  };
}

/**
 * Works on the orders that messages name, each once, at the same time. A message is a hint: what it told is read from the
 * table, and the sweep tells it again. So none is reported as failed, but an error of ours leaves the function.
 */
export async function dispatchEvent(
  { platform, stores, log }: Dispatchers,
  event: SQSEvent,
  { requestId, remainingMs }: Invocation,
): Promise<void> {
  const named = new Map<string, ReturnType<typeof commandHintSchema.parse>>();
  for (const { body } of event.Records) {
    const hint = commandHintSchema.parse(JSON.parse(body));
    named.set(`${hint.storeId}#${hint.orderId}`, hint);
  }
  const ended = await Promise.allSettled(
    [...named.values()].map(async ({ storeId, orderId }) => {
      const dispatcher = stores.get(storeId);
      if (dispatcher === undefined) {
        log.warn('an order of a store that is not in the configuration has commands', { storeId, orderId });
        return;
      }
      const key = { platform, storeId, platformOrderId: orderId };
      await dispatchOrder(dispatcher, key, { id: requestId, timeLeftMs: remainingMs }).catch(
        (error: unknown) => {
          log.error('commands of an order were not run to their end; they go on once the lease is over', {
            storeId,
            orderId,
            error: describeError(error),
          });
          throw error;
        },
      );
    }),
  );
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
