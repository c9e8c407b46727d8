import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { redirectClients } from '../../chaos/aws/clients.ts';
import { functionsOf, type Handler, type SimFunction } from '../../chaos/aws/functions.ts';
import { currentInvocation } from '../../chaos/aws/invocation.ts';
import { createIo, type Io } from '../../chaos/aws/io.ts';
import { createSimQueue } from '../../chaos/aws/queue.ts';
import { createSimStream } from '../../chaos/aws/table-stream.ts';
import { DELIVERIES, DEPLOYED, TABLE, variablesOfErp } from '../../chaos/plan/merchant.ts';
import { openStores, putSecrets } from '../../chaos/plan/stores.ts';
import { takeOverGlobals } from '../../chaos/time/globals.ts';
import { createLoop } from '../../chaos/time/loop.ts';
import { createAccount } from '../../chaos/world/account.ts';
import { erpColdStarts, type FeedAnswer, feedAnswerer } from '../../chaos/world/erp-containers.ts';
import { createNetwork, UNWATCHED } from '../../chaos/world/network.ts';
import { EMAIL_KEY_FIELD } from '../../functions/erp/email-hash.ts';
import { createTracker, track } from '../../functions/erp/track.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { readEnvironment } from '../../functions/runtime/environment.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import { isOfOrder, ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { serversOf } from '../../local/shop/stores.ts';
import { CountedTables } from '../stock/counted-tables.ts';
import { note, type Used } from './wave.ts';

const START = Date.parse('2026-11-22T12:00:00.000Z');
/** A table that is billed on demand begins with four partitions, and each has a shard. */
const SHARDS = 4;
const STREAM = { backoff: { firstMs: 500, mostMs: 120_000 }, pollMs: 250 };
/** Events that a reader of the feed asks for at once. */
const READ_AT_ONCE = 100;
const EMAIL_KEY = 'erp/email-key';
/** Lambda receives a batch, and deletes it. */
const REQUESTS_OF_BATCH = 2;
const QUIET = { debug() {}, info() {}, warn() {}, error() {}, begin() {} };
const UNSENT = { add() {}, flush() {} };

/** Every function between the platforms and the feed, on a virtual clock, over tables in memory that count their units. */
export function openVirtualAccount(seed: number) {
  const loop = createLoop(START);
  const random = createSeededRandom(`growth/${seed}`);
  const stores = openStores({ seed: `${seed}`, statusKeepsTime: false }, loop);
  const used = new Map<string, Used>();
  let failed = 0;
  let rows = 0;
  const ended = ({ name }: { name: string }, { ok }: { ok: boolean }) => {
    if (!ok) failed += 1;
    if (name.endsWith('-process')) note(used, `${name} event source`, { queueRequests: REQUESTS_OF_BATCH });
  };
  const account = createAccount({
    loop,
    random: random.fork('account'),
    log: () => QUIET,
    metrics: UNSENT,
    disorder: () => ({ duplicates: 0, lateMs: 50 }),
    onEnd: ended,
  });
  const make = functionsOf({ loop, random });
  const { filters, ...deployed } = DEPLOYED.erp.stream;
  const reads = (
    consumer: SimFunction<DynamoDBStreamEvent, DynamoDBBatchResponse>,
    wanted: readonly string[],
  ) =>
    createSimStream({
      table: TABLE.orders,
      shards: SHARDS,
      settings: { ...deployed, ...STREAM },
      filters: wanted,
      consumer,
      lagsUntil: () => 0,
      onDiscard: (records) => {
        failed += records;
      },
      loop,
    });
  const nobody = {
    open() {
      throw new Error('no endpoint is configured');
    },
  };
  const starts = erpColdStarts({ log: () => QUIET, metrics: UNSENT }, nobody);
  const streams = [
    reads(make('erp-publish', DEPLOYED.erp.timeoutMs.publish, starts.publish, ended), filters),
    reads(make('erp-track', DEPLOYED.erp.timeoutMs.publish, trackerOf, ended), [
      JSON.stringify({ dynamodb: { Keys: { sk: { S: [ORDER_ROW_SK] } } } }),
    ]),
  ];
  const tables = new CountedTables({
    now: loop.now,
    onWrite(table, before, after) {
      if (table !== TABLE.orders) return;
      if (before === undefined && after?.sk === ORDER_ROW_SK && isOfOrder(String(after.pk))) rows += 1;
      for (const stream of streams) stream.append(before, after);
    },
  });
  const system = make<FeedPosition | undefined, { events: number; at: FeedPosition }>(
    'erp-reader',
    DEPLOYED.erp.timeoutMs.api,
    (clock) => readsFeed(feedAnswerer(clock)),
    ended,
  );
  const inTime = createIo({ loop, randomOf: () => random, fateOf: () => ({}) });
  const io: Io = (request, act) => {
    const { service, operation } = request;
    const name = `${currentInvocation()?.name} ${operation}`;
    if (service === 'queue') note(used, name, { queueRequests: 1 });
    return inTime(request, service === 'table' ? () => counted(name, act) : act);
  };
  /** Tables answer at once, so that nothing else is counted meanwhile. */
  function counted<T>(name: string, act: () => T): T {
    const { write, read } = tables.units;
    try {
      return act();
    } catch (error) {
      // A write that its condition refuses is billed like one that is done.
      note(used, name, { writeUnits: 1 });
      throw error;
    } finally {
      const [writeUnits, readUnits] = [tables.units.write - write, tables.units.read - read];
      note(used, name, { writeUnits, readUnits });
    }
  }
  const network = createNetwork({
    stores,
    io,
    webhook: account.webhook,
    ...UNWATCHED,
    now: loop.now,
  });
  const secrets = new Map([[EMAIL_KEY, JSON.stringify({ [EMAIL_KEY_FIELD]: 'growth'.repeat(8) })]]);
  for (const store of stores) putSecrets(secrets, store);
  const deliveries = createSimQueue({
    name: DELIVERIES,
    visibilityMs: DEPLOYED.erp.deliveries.visibilityMs,
    maxReceives: Number.POSITIVE_INFINITY,
    loop,
    random: random.fork('deliveries'),
    disorder: () => ({ duplicates: 0, lateMs: 50 }),
  });
  const undo = [
    takeOverGlobals({ loop, random: random.fork('math').next, fetch: network }),
    redirectClients({ tables, queues: new Map([...account.queues, [DELIVERIES, deliveries]]), secrets, io }),
  ];
  return {
    loop,
    random,
    stores,
    account,
    tables,
    system,
    used,
    /** Orders that the table holds. */
    rows: () => rows,
    /** Calls of functions that did not end well, and changes that were given up. */
    failed: () => failed,
    busy: () =>
      account.busy() ||
      streams.some((stream) => stream.busy()) ||
      serversOf(stores).some(({ world }) => world.pendingDeliveries() > 0),
    async close() {
      for (const back of undo.reverse()) back();
      await Promise.all(serversOf(stores).map((server) => server.stop()));
    },
  };
}
export type VirtualAccount = ReturnType<typeof openVirtualAccount>;

function trackerOf(clock: Clock): Handler<DynamoDBStreamEvent, DynamoDBBatchResponse> {
  const env = readEnvironment('track', {
    ...variablesOfErp(),
    SECRETS: JSON.stringify({ emailKey: EMAIL_KEY }),
    STOCK_QUEUES: '{}',
  });
  const tracker = createTracker(undefined, { env, log: QUIET, metrics: UNSENT, clock });
  return (event) => track(tracker, event);
}

/** Reads the feed from a place to its end. */
const readsFeed = (ask: ReturnType<typeof feedAnswerer>) => async (from: FeedPosition | undefined) => {
  let at = from ?? { epoch: 0, seq: 0 };
  for (let events = 0; ; ) {
    const answer: FeedAnswer = await ask({ after: at, limit: READ_AT_ONCE });
    if (!('events' in answer)) throw new Error('the reader of the feed has lost its place');
    const last = answer.events.at(-1);
    if (last === undefined) return { events, at };
    events += answer.events.length;
    at = { epoch: at.epoch, seq: last.seq };
  }
};
