import { endpointKey, feedPointerKey } from '../../functions/storage/erp-keys.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { connect } from '../aws/event-source.ts';
import type { Attributes } from '../aws/expression.ts';
import { functionsOf } from '../aws/functions.ts';
import type { Io } from '../aws/io.ts';
import { createSimQueue, losing, type SimQueue } from '../aws/queue.ts';
import { createSimStream, type SimStream } from '../aws/table-stream.ts';
import type { Tables } from '../aws/tables.ts';
import { createEndpointCalls, type EndpointCalls } from '../invariants/endpoint-calls.ts';
import type { FeedWatch } from '../invariants/feed-watch.ts';
import type { Report } from '../invariants/violation.ts';
import type { ErpPlan } from '../plan/erp-plan.ts';
import { DELIVERIES, DEPLOYED, TABLE } from '../plan/merchant.ts';
import type { Loop } from '../time/loop.ts';
import type { ContainerOptions } from './containers.ts';
import { ENDPOINT, type ErpErrand, erpColdStarts } from './erp-containers.ts';
import { createSimEndpoint } from './erp-endpoint.ts';
import type { FaultPlayer } from './fault-player.ts';
import { createFeedClient, type FeedClient } from './feed-client.ts';

export interface ErpSideOptions extends ContainerOptions {
  plan: ErpPlan;
  /** Whether nobody hurries. */
  quiet(): boolean;
  /** Whether commands are due, which the sweep may have to tell of again. */
  commanded(): boolean;
  /** Epoch ms at which the world began. */
  start: number;
  loop: Loop;
  random: SeededRandom;
  player: FaultPlayer;
  /** Both are there once the world is open. */
  io(): Io;
  tables(): Tables;
  watch: FeedWatch;
  report: Report;
}

/** What stands between the orders table and the merchant's own system, and that system. */
export interface ErpSide {
  /** The queue of endpoints that have work. */
  queue: SimQueue;
  /** A write of an order's row. */
  wrote(before: Attributes | undefined, after: Attributes | undefined): void;
  /** Starts what schedules and other systems do by themselves. */
  start(): void;
  /** Lets the operator do one errand after another, each until it succeeds. */
  operate(...errands: readonly ErpErrand[]): Promise<void>;
  /** Records that were given up so far, because nobody published them in time. */
  readonly givenUp: number;
  /**
   * Deploys the functions for a table that is about to be set back, as the runbook says. What the functions before them had
   * under way is over; nothing is published until the restore is finished.
   */
  deployRestored(table: 'orders' | 'feed'): { setBack(): void; finished(): void };
  /** Something happened for which readers have to begin anew. */
  excuse(): void;
  /** Every system that asks for events does so now. */
  ask(): void;
  busy(): boolean;
  checkEnd(): void;
  calls: EndpointCalls;
}

/** AWS does not say how long Lambda waits between tries. */
const BACKOFF = { firstMs: 500, mostMs: 120_000 };
/** Lambda looks at a shard four times a second. */
const POLL_MS = 250;
/** By then somebody looks what keeps the operator's command. */
const OPERATOR_MS = 60 * 60_000;
/** A sweep that would find nothing is left out, but for one in so many ms. */
const IDLE_SWEEP_MS = 60 * 60_000;
const RETRY_ERRAND_MS = 60_000;
const SECOND = 1000;

export function createErpSide(options: ErpSideOptions): ErpSide {
  const { plan, quiet, commanded, loop, random, player, watch, report, start, io, tables } = options;
  const calls = createEndpointCalls(loop.now, report);
  const caller = createSimEndpoint({ loop, random: random.fork('endpoint'), player, io, calls });
  const starts = erpColdStarts(options, caller);
  let givenUp = 0;
  let errands = 0;
  let excused = false;
  let restoring = false;
  let sweptAt = Number.NEGATIVE_INFINITY;

  const make = functionsOf({ loop, random });
  const { timeoutMs, deliveries, stream, sweepEveryMs } = DEPLOYED.erp;
  const { filters, ...settings } = stream;
  const publisher = make('erp-publish', timeoutMs.publish, starts.publish);
  const deliverer = make('erp-deliver', timeoutMs.deliver, starts.deliver, (_, { ok }) => {
    if (!ok) calls.forgot();
  });
  const sweeper = make('erp-sweep', timeoutMs.sweep, starts.sweep);
  const operator = make('erp-operator', OPERATOR_MS, starts.operator);
  const openStream = (): SimStream =>
    createSimStream({
      table: TABLE.orders,
      shards: plan.shards,
      settings: { ...settings, backoff: BACKOFF, pollMs: POLL_MS },
      filters,
      consumer: publisher,
      lagsUntil(shard) {
        if (restoring) return loop.now() + SECOND;
        const lag = player.now('shard-lag', (fault) => fault.shard === shard);
        return lag === undefined ? 0 : start + lag.to;
      },
      onDiscard(records) {
        givenUp += records;
      },
      loop,
    });
  let changes = openStream();
  const queue = createSimQueue({
    name: DELIVERIES,
    visibilityMs: deliveries.visibilityMs,
    maxReceives: Number.POSITIVE_INFINITY,
    loop,
    random: random.fork('deliveries'),
    disorder: () => player.now('disorder') ?? { duplicates: 0.01, lateMs: 200 },
  });
  const lossy = losing(queue, random.fork('announcements'), () => player.now('lost-announcements')?.chance);
  connect({
    queue,
    consumer: deliverer,
    batchSize: deliveries.batchSize,
    maxConcurrency: deliveries.maxConcurrency,
    loop,
  });
  const readers: FeedClient[] = plan.readers.map((reader, index) =>
    createFeedClient({
      name: `erp-reader-${index}`,
      plan: reader,
      loop,
      random: random.fork(`reader-${index}`),
      io,
      tables,
      watch,
      excused: () => excused,
      report,
    }),
  );

  const every = (ms: number, work: () => void) => {
    const tick = () => {
      work();
      // Weeks of visits that would find nothing are left out.
      const least = player.now('idle') !== undefined ? IDLE_SWEEP_MS : quiet() ? sweepEveryMs : 0;
      loop.setTimeout(tick, Math.max(ms, least));
    };
    loop.setTimeout(tick, ms * random.next());
  };
  async function operate(...all: readonly ErpErrand[]): Promise<void> {
    errands += 1;
    for (const errand of all) {
      while (!(await operator.invoke(errand)).ok)
        await new Promise<void>((resolve) => {
          loop.setTimeout(resolve, RETRY_ERRAND_MS);
        });
      if (errand === 'move-endpoint') calls.forgot();
    }
    errands -= 1;
  }

  /** A person follows the alarm of an endpoint that was stopped, where there is a reason for that. */
  const resume = () => {
    const at = endpoint();
    if (at !== undefined && at.status !== 'active' && excused && errands === 0) void operate('move-endpoint');
  };
  const sweep = () => {
    resume();
    const idle = player.now('idle');
    if (idle?.nights === false) return;
    const rests = !isBehind() && !commanded();
    if (rests && loop.now() - sweptAt < (idle === undefined ? IDLE_SWEEP_MS : 24 * IDLE_SWEEP_MS)) return;
    sweptAt = loop.now();
    void sweeper.invoke({});
  };
  const endpoint = () => tables().get({ TableName: TABLE.control, Key: endpointKey(ENDPOINT) }).Item;
  const pointer = () => tables().get({ TableName: TABLE.control, Key: feedPointerKey() }).Item;
  /** Whether the endpoint still lacks something. */
  const isBehind = (): boolean => {
    const [at, feed] = [endpoint(), pointer()];
    if (at === undefined || feed === undefined) return false;
    if (at.epoch === 0 && feed.first === true) return !watch.isEnd(Number(feed.epoch), Number(at.seq));
    return (
      at.epoch !== feed.epoch ||
      Number(at.failures ?? 0) > 0 ||
      !watch.isEnd(Number(at.epoch), Number(at.seq))
    );
  };

  return {
    queue: lossy,
    wrote: (before, after) => changes.append(before, after),
    start() {
      every(sweepEveryMs, sweep);
      for (const [index, reader] of readers.entries())
        every(plan.readers[index]?.everyMs ?? sweepEveryMs, () => void reader.ask());
    },
    operate,
    get givenUp() {
      return givenUp;
    },
    deployRestored(table) {
      restoring = true;
      for (const one of [publisher, deliverer, sweeper]) one.redeploy();
      if (table === 'orders') changes.stop();
      return {
        setBack() {
          // A restored table has a stream of its own.
          if (table === 'orders') changes = openStream();
        },
        finished() {
          restoring = false;
        },
      };
    },
    excuse() {
      excused = true;
    },
    ask() {
      for (const reader of readers) void reader.ask();
    },
    busy: () => errands > 0 || changes.busy() || readers.some((reader) => !reader.upToDate()) || isBehind(),
    checkEnd() {
      for (const reader of readers) reader.checkEnd();
      const at = endpoint();
      if (at === undefined) return;
      if (at.status !== 'active') report('undelivered', `the endpoint was stopped: ${String(at.why)}`);
      const aside = tables().snapshot(TABLE.control, ({ pk }) => pk === `endpoint-aside#${ENDPOINT}`);
      const ids = aside.map(({ event }) => String((event as Attributes).id));
      calls.checkEnd(watch, { epoch: Number(pointer()?.epoch ?? 0), seq: 0 }, new Set(ids));
    },
    calls,
  };
}
