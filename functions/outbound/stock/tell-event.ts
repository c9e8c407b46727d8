import type { SQSEvent } from 'aws-lambda';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { accountOf } from '../../pipeline/account.ts';
import { awsOptions, type Deployed } from '../../pipeline/deployed.ts';
import { openConnection } from '../../platforms/connection.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../../runtime/handler.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import { createStockHints, type StockHints, stockHintSchema } from '../../runtime/stock-hints.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { createJobResults } from '../../storage/job-results.ts';
import { createLease } from '../../storage/runs.ts';
import { createStockStore } from '../../storage/stock.ts';
import { createStockJobs } from '../../storage/stock-jobs.ts';
import { createTellingState } from '../../storage/stock-telling.ts';
import { tellStore } from './tell.ts';
import type { Teller } from './teller.ts';

/** What tells a platform's stores, by the store's id. */
export interface Tellers {
  readonly stores: ReadonlyMap<string, Teller>;
  readonly hints: StockHints;
  readonly log: Log;
}

/** Made once per container. */
export function createTellers(
  { platform, stores }: Deployed,
  settings: StockSettings,
  runtime: Runtime<'tell'>,
): Tellers {
  const { env, clock, log, metrics } = runtime;
  const account = accountOf(runtime);
  const control = { client: account.dynamo, table: env.CONTROL_TABLE, clock };
  const { stock: port } = platform;
  const now = () => clock.now();
  const following = {
    jobs: createStockJobs({ client: account.dynamo, table: env.ORDERS_TABLE, clock }),
    results: createJobResults({ ...control, platform: platform.name, now }),
  };
  return {
    stores: new Map(
      port === undefined
        ? []
        : stores.map((store): [string, Teller] => {
            const name = { platform: platform.name, storeId: store.id };
            const table = env.ORDERS_TABLE;
            return [
              store.id,
              {
                name,
                port,
                store,
                connection: openConnection(platform, store, account),
                stock: createStockStore({ client: account.dynamo, table, rules: settings, clock }),
                state: createTellingState({ ...control, ...name }),
                ...(port.jobEnd === undefined ? {} : { following }),
                lease: createLease({ ...control, name: { job: 'stock', ...name } }),
                settings,
                clock,
                metrics,
                log,
              },
            ];
          }),
    ),
    hints: createStockHints(sqsClient(awsOptions(runtime)), { [platform.name]: env.QUEUE_URL }),
    log,
  };
}

/**
 * Tells the stores that messages name, each once, at the same time. A message is a hint: what there is to tell stands in the
 * table, and the sweep names the store again. So none is reported as failed, but an error of ours leaves the function.
 */
export async function tellEvent(
  { stores, hints, log }: Tellers,
  event: SQSEvent,
  { requestId, remainingMs }: Invocation,
): Promise<void> {
  const named = new Set(event.Records.map(({ body }) => stockHintSchema().parse(JSON.parse(body)).storeId));
  const ended = await Promise.allSettled(
    [...named].map(async (storeId) => {
      const teller = stores.get(storeId);
      if (teller === undefined) {
        log.warn('a store that is not in the configuration has stock to be told', { storeId });
        return;
      }
      const dueAt = await tellStore(teller, { id: requestId, timeLeftMs: remainingMs });
      if (dueAt !== undefined) await hints.send(teller.name, dueAt - teller.clock.now());
    }),
  );
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure === undefined) return;
  log.error('a store was not told of stock to its end; it goes on once the lease is over', {
    error: describeError(failure.reason),
  });
  throw failure.reason;
}
