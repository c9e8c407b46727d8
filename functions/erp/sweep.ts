import type { StockSettings } from '../domain/stock/settings.ts';
import type { EpochMs } from '../domain/time.ts';
import { awsOptions } from '../pipeline/deployed.ts';
import type { Clock } from '../runtime/clock.ts';
import { createPlatformHints } from '../runtime/command-hints.ts';
import { createDeliveries, type Deliveries } from '../runtime/deliveries.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import { createStockHints } from '../runtime/stock-hints.ts';
import type { Log } from '../runtime/telemetry.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { type Endpoint, listEndpoints } from '../storage/endpoints.ts';
import { createFeedReader, type FeedReader } from '../storage/feed.ts';
import { type FeedPointer, readPointer } from '../storage/feed-pointer.ts';
import { createFeedWriter, type FeedWriter } from '../storage/feed-writer.ts';
import type { StoreName } from '../storage/keys.ts';
import { readVersions } from '../storage/order-claims.ts';
import { createOrderIndex } from '../storage/row-index.ts';
import { createStockStore } from '../storage/stock.ts';
import { createStockJobs } from '../storage/stock-jobs.ts';
import { backlogOf, isDue } from './endpoint-work.ts';
import { countOverdueAcknowledgements } from './overdue-acknowledgements.ts';
import { sweepCommands } from './overdue-commands.ts';
import { sweepStock } from './overdue-stock.ts';
import { findUnclaimed } from './unclaimed.ts';
import { findUnpublished } from './unpublished.ts';

/** An endpoint that takes nothing for so long is told of, in ms. */
const FAILING_MS = 30 * 60_000;
/** The feed's pointer is raised once it is older than this, in ms. */
const POINTER_AGE_MS = 24 * 3600_000;

/** Where an endpoint stood that has work and that no run takes, and since when. */
interface Left {
  readonly epoch: number;
  readonly seq: number;
  readonly since: EpochMs;
}

export interface Sweeper {
  /** By the endpoint's id, what the sweeps of this container saw. */
  readonly left: Map<string, Left>;
  readonly endpoints: () => Promise<Endpoint[]>;
  readonly feed: Pick<FeedReader, 'head'>;
  readonly pointer: () => Promise<FeedPointer | undefined>;
  readonly writer: Pick<FeedWriter, 'raise'>;
  /** Counts the orders that the merchant's system should have acknowledged. */
  readonly countOverdue: () => Promise<unknown>;
  /** Counts how late the oldest change is that is not in the feed. */
  readonly findUnpublished: () => Promise<unknown>;
  /** Counts orders whose goods are not claimed, where somebody counts them. */
  readonly findUnclaimed: () => Promise<unknown>;
  /** Tells again of every order whose commands are overdue. */
  readonly sweepCommands: () => Promise<unknown>;
  /** Tells again of every store that is to be told of stock. */
  readonly sweepStock: () => Promise<unknown>;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * @param stores the merchant's stores at every platform
 * @param stock how the merchant's stock is counted, where somebody counts it
 */
export function createSweeper(
  runtime: Runtime<'sweep'>,
  stores: readonly StoreName[],
  stock?: StockSettings,
): Sweeper {
  const { env, log, metrics, clock } = runtime;
  const options = awsOptions(runtime);
  const sqs = sqsClient(options);
  const control = { client: documentClient(options), table: env.CONTROL_TABLE, clock };
  const feed = createFeedReader(control);
  const index = createOrderIndex(control.client, env.ORDERS_TABLE);
  const versions = readVersions(control.client, env.ORDERS_TABLE);
  const followed = new Set<string>();
  return {
    left: new Map(),
    endpoints: () => listEndpoints(control),
    feed,
    pointer: () => readPointer(control),
    writer: createFeedWriter(control),
    countOverdue: () =>
      countOverdueAcknowledgements({ ...control, ordersTable: env.ORDERS_TABLE, metrics, log }),
    findUnpublished: () => findUnpublished({ feed, index, stores, clock, metrics, log }),
    findUnclaimed: async () => {
      if (stock === undefined) return;
      await findUnclaimed({ index, versions, stores, since: stock.since, followed }, { clock, metrics, log });
    },
    sweepCommands: () =>
      sweepCommands({
        ...control,
        ordersTable: env.ORDERS_TABLE,
        platforms: Object.keys(env.COMMAND_QUEUES),
        hint: createPlatformHints(sqs, env.COMMAND_QUEUES),
        metrics,
        log,
      }),
    sweepStock: async () => {
      if (stock === undefined) return;
      await sweepStock({
        stock: createStockStore({ ...control, table: env.ORDERS_TABLE, rules: stock }),
        jobs: createStockJobs({ ...control, table: env.ORDERS_TABLE }),
        channels: stock.channels,
        hints: createStockHints(sqs, env.STOCK_QUEUES),
        clock,
        metrics,
        log,
      });
    },
    deliveries: createDeliveries(sqs, env.QUEUE_URL),
    clock,
    log,
    metrics,
  };
}

/**
 * Announces again what is overdue, because any message may be lost, and counts what needs a person. Each part is done
 * whatever becomes of the others.
 *
 * @throws the first failure, at the end
 */
export async function sweep(sweeper: Sweeper): Promise<void> {
  const { log, metrics } = sweeper;
  const platform = 'erp';
  const parts = {
    endpoints: sweepEndpoints,
    pointer: raiseDaily,
    acknowledgements: sweeper.countOverdue,
    feed: sweeper.findUnpublished,
    claims: sweeper.findUnclaimed,
    commands: sweeper.sweepCommands,
    stock: sweeper.sweepStock,
  };
  const ended = await Promise.allSettled(
    Object.entries(parts).map(async ([part, work]) => {
      await work(sweeper).catch((error: unknown) => {
        log.error('a part of the sweep failed', { part, error: describeError(error) });
        throw error;
      });
    }),
  );
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  metrics.add('SweepCompleted', platform, 1);
}

/** Announces the work of every endpoint that is behind, and says which of them need a person. */
async function sweepEndpoints({ left, endpoints, feed, deliveries, clock, metrics }: Sweeper): Promise<void> {
  const platform = 'erp';
  const all = await endpoints();
  const head = await feed.head();
  const now = clock.now();
  const active = all.filter(({ status }) => status === 'active');
  const due = active.filter((endpoint) => isDue(endpoint, head, now));
  const announced = await Promise.allSettled(due.map(({ id }) => deliveries.announce(id)));
  noteLeft(left, due, now);
  const failing = active.filter(
    ({ id, failingSince = now }) => now - Math.min(failingSince, left.get(id)?.since ?? now) >= FAILING_MS,
  );
  const stopped = all.filter(({ status, why }) => status !== 'active' && why !== 'operator');
  metrics.add('EndpointFailing', platform, failing.length);
  metrics.add('EndpointStopped', platform, stopped.length);
  if (all.length === 0) return;
  metrics.add(
    'DeliveryBacklog',
    platform,
    Math.max(0, ...active.map((endpoint) => backlogOf(endpoint, head))),
  );
  // Only now: who needs a person needs one all the more while nobody can be told of the work.
  const refused = announced.find((one) => one.status === 'rejected');
  if (refused !== undefined) throw refused.reason;
}

/**
 * Notes since when each endpoint that has work stands where it does, without a run. It does not fail: nobody calls it, because the
 * deliverer is not run, or ends before it can say anything. Whatever has no work, or is paused meanwhile, begins anew.
 */
function noteLeft(left: Map<string, Left>, due: readonly Endpoint[], now: EpochMs): void {
  const before = new Map(left);
  left.clear();
  for (const { id, epoch, seq } of due) {
    const known = before.get(id);
    left.set(id, known?.epoch === epoch && known.seq === seq ? known : { epoch, seq, since: now });
  }
}

/** Pages of an idle shop expire one day; the pointer says for good which numbers were given. */
async function raiseDaily({ pointer, writer, clock }: Sweeper): Promise<void> {
  const found = await pointer();
  // Whoever publishes the first event begins the feed.
  if (found !== undefined && clock.now() - found.at >= POINTER_AGE_MS) await writer.raise();
}
