import type { Channel } from '../../config/merchant.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { accountOf } from '../../functions/pipeline/account.ts';
import { writingOf } from '../../functions/pipeline/order-writer.ts';
import { createDeadLetters } from '../../functions/pipeline/replay/dead-letters.ts';
import { fetchAgain } from '../../functions/pipeline/replay/fetch-again.ts';
import { replayStored } from '../../functions/pipeline/replay/replay.ts';
import { selectRows } from '../../functions/pipeline/replay/select.ts';
import { openStore, type StoreContext } from '../../functions/pipeline/store-context.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { readEnvironment } from '../../functions/runtime/environment.ts';
import { createQueue } from '../../functions/runtime/queue.ts';
import { sqsClient } from '../../functions/runtime/sqs-client.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { deadLetterUrl } from '../aws/clients.ts';
import type { Handler } from '../aws/functions.ts';
import { variablesOf } from '../plan/merchant.ts';
import type { ContainerOptions } from './containers.ts';

/** What the operator is asked to do with one platform. */
export type Errand =
  | { do: 'redrive' }
  /** Rows of the platform: all of them, those that need review, or the ones that are named. */
  | { do: 'replay'; source: 'raw' | 'fresh'; reviewed?: boolean; keys?: readonly OrderKey[] };

/** More dead letters than a world can have. */
const ALL = 1000;

/** The operator's program for one platform, with what its commands call. Like a command, it goes on after an order that fails. */
export function startOperator(
  channel: Channel,
  clock: Clock,
  { log, metrics }: ContainerOptions,
): Handler<Errand, void> {
  const { platform, stores } = channel;
  const env = readEnvironment('reconcile', variablesOf(channel, 'reconcile'));
  const account = accountOf({ env, clock, metrics, log: log('operator') });
  const sqs = sqsClient();
  const options = { account, ...writingOf(env) };
  const contexts = new Map(
    stores.map((store): [string, StoreContext] => {
      const queue = createQueue(sqs, env.QUEUE_URL);
      return [store.id, openStore(platform, store, { ...options, queue })];
    }),
  );
  const [first] = contexts.values();
  const known = stores.map(({ id }) => ({ platform: platform.name, storeId: id }));

  const select = async (reviewed: boolean): Promise<OrderKey[]> => {
    if (first === undefined) return [];
    const tables = { orders: first.orders, index: createOrderIndex(account.dynamo, env.ORDERS_TABLE) };
    return selectRows(tables, known, reviewed ? { state: 'needs-review' } : {});
  };

  return async (errand, { requestId: correlationId }) => {
    if (errand.do === 'redrive') {
      const [from, to] = [deadLetterUrl(env.QUEUE_URL), env.QUEUE_URL];
      await createDeadLetters({ client: sqs, from, to }).redrive(ALL);
      return;
    }
    const keys = errand.keys ?? (await select(errand.reviewed === true));
    const options = { dryRun: false, correlationId };
    for (const [storeId, its] of Map.groupBy(keys, (key) => key.storeId)) {
      const context = contexts.get(storeId);
      if (context === undefined) continue;
      if (errand.source !== 'raw') await fetchAgain(context, its, options);
      else for (const key of its) await replayStored(context, key, options).catch(() => {});
    }
  };
}
