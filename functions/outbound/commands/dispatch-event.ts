import type { SQSEvent } from 'aws-lambda';
import type { CommandSubject } from '../../domain/command-subject.ts';
import { accountOf } from '../../pipeline/account.ts';
import { awsOptions, type Deployed } from '../../pipeline/deployed.ts';
import { writingOf } from '../../pipeline/order-writer.ts';
import { openStore } from '../../pipeline/store-context.ts';
import { customerWriteOf } from '../../platforms/customer-write.ts';
import { productWriteOf } from '../../platforms/product-write.ts';
import { commandHintSchema, createCommandHints, hintOf, subjectOfHint } from '../../runtime/command-hints.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../../runtime/handler.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { subjectPk } from '../../storage/command-keys.ts';
import { createCommandLeases } from '../../storage/command-leases.ts';
import { createCommandStore } from '../../storage/commands.ts';
import { createMadeCategories } from '../../storage/creations.ts';
import { createCustomerLinks } from '../../storage/erp-customers.ts';
import { createProductMemories, createWantedProducts } from '../../storage/erp-products.ts';
import { createErpSkus } from '../../storage/erp-skus.ts';
import { createOrderStore } from '../../storage/orders.ts';
import { createLease } from '../../storage/runs.ts';
import { type Dispatcher, dispatchCommands } from './dispatch.ts';
import { endWithoutStore, type WithoutStore } from './without-store.ts';

/** What runs the commands of a platform's stores, by the store's id. */
export interface Dispatchers {
  readonly platform: string;
  readonly stores: ReadonlyMap<string, Dispatcher>;
  /** For the commands of every other store: one that was taken out of the configuration. */
  readonly others: WithoutStore;
  readonly log: Log;
}

/** Made once per container. */
export function createDispatchers(
  { platform, stores }: Deployed,
  runtime: Runtime<'dispatch'>,
  random: () => number = Math.random,
): Dispatchers {
  const { env, clock, log, metrics } = runtime;
  const account = accountOf(runtime);
  const hints = createCommandHints(sqsClient(awsOptions(runtime)), env.QUEUE_URL);
  const orders = { client: account.dynamo, table: env.ORDERS_TABLE, clock };
  const kept = { commands: createCommandStore(orders), leases: createCommandLeases(orders) };
  const options = {
    account,
    ...writingOf(env),
    // A command's order is never sent to be fetched: it is read at once.
    queue: { send: () => Promise.reject(new Error('the dispatcher has no intake queue')) },
  };
  const makingOf = (storeId: string) => {
    const control = {
      client: account.dynamo,
      table: account.controlTable,
      platform: platform.name,
      storeId,
      clock,
    };
    const name = { job: 'category', platform: platform.name, storeId } as const;
    return { made: createMadeCategories(control), lease: createLease({ ...control, name }), clock };
  };
  const dispatcherOf = (store: (typeof stores)[number]): Dispatcher => ({
    ...openStore(platform, store, options),
    table: platform.commands(store),
    customerWrite: customerWriteOf(platform, store),
    productWrite: productWriteOf(platform, store),
    links: createCustomerLinks(orders),
    memories: createProductMemories(orders),
    wantedProducts: createWantedProducts(orders),
    skus: createErpSkus(orders),
    making: makingOf(store.id),
    ...kept,
    hint: (key, delayMs) => hints.send(hintOf(key), delayMs),
    random,
  });
  return {
    platform: platform.name,
    stores: new Map(stores.map((store) => [store.id, dispatcherOf(store)])),
    others: {
      ...kept,
      orders: createOrderStore(account.dynamo, env.ORDERS_TABLE),
      platform,
      metrics,
      log,
      clock,
    },
    log,
  };
}

/**
 * Works on the orders, customers and products that messages name, each once, at the same time. A message is a hint: what it told is read from the
 * table, and the sweep tells it again. So none is reported as failed, but an error of ours leaves the function.
 */
export async function dispatchEvent(
  { platform, stores, others, log }: Dispatchers,
  event: SQSEvent,
  { requestId, remainingMs }: Invocation,
): Promise<void> {
  const named = new Map<string, CommandSubject>();
  for (const { body } of event.Records) {
    const subject = subjectOfHint(platform, commandHintSchema.parse(JSON.parse(body)));
    named.set(subjectPk(subject), subject);
  }
  const ended = await Promise.allSettled(
    [...named].map(async ([subject, key]) => {
      const { storeId } = key;
      const dispatcher = stores.get(storeId);
      const run = { id: requestId, timeLeftMs: remainingMs };
      const work =
        dispatcher === undefined ? endWithoutStore(others, key, run) : dispatchCommands(dispatcher, key, run);
      await work.catch((error: unknown) => {
        log.error('commands were not run to their end; they go on once the lease is over', {
          storeId,
          subject,
          error: describeError(error),
        });
        throw error;
      });
    }),
  );
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
