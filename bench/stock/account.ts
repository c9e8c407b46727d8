import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { redirectClients } from '../../chaos/aws/clients.ts';
import { connect } from '../../chaos/aws/event-source.ts';
import { functionsOf, type Handler } from '../../chaos/aws/functions.ts';
import { createSimQueue } from '../../chaos/aws/queue.ts';
import { CHANNELS, STORES, secretId, simulatorOf, TABLE, variablesOf } from '../../chaos/plan/merchant.ts';
import type { SimStore } from '../../chaos/plan/stores.ts';
import { takeOverGlobals } from '../../chaos/time/globals.ts';
import { createLoop } from '../../chaos/time/loop.ts';
import { createNetwork, UNWATCHED } from '../../chaos/world/network.ts';
import type { StockSettings } from '../../functions/domain/stock/settings.ts';
import { stockFollowing } from '../../functions/erp/stock-following.ts';
import { createTracker, track } from '../../functions/erp/track.ts';
import { createTellers, tellEvent } from '../../functions/outbound/stock/tell-event.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { readEnvironment } from '../../functions/runtime/environment.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { serversOf } from '../../local/shop/stores.ts';
import { CountedTables } from './counted-tables.ts';

/** A call that came to a platform. */
export interface PlatformCall {
  platform: string;
  method: string;
  path: string;
  status: number;
  /** Of its body: a smaller call has fewer. */
  bytes: number;
  at: number;
}

export interface AccountOptions {
  seed: number;
  /** How the merchant's stock is counted, once the stores are known. */
  settings(stores: readonly SimStore[]): StockSettings;
  /** The second limit on changes of variants, whose figures the platform does not publish; absent: it has none. */
  variantBucket?: { size: number; perSecond: number };
}

const START = Date.parse('2026-11-22T12:00:00.000Z');
/** Ways there and back in the region, and to the platforms (ms). */
const WAY_MS: Readonly<Record<string, readonly [number, number]>> = {
  table: [2, 5],
  queue: [4, 10],
  secret: [5, 10],
  platform: [60, 180],
};
/** Lambda looks at a stream four times a second, and a change is there a moment after it was written (ms). */
const STREAM_MS = { poll: 250, behind: 100 };
const VISIBILITY_MS = 720_000;

/** The functions that count and tell stock, as they are deployed, on a virtual clock, between simulated platforms. */
export function openAccount({ seed, settings: settingsOf, variantBucket }: AccountOptions) {
  const loop = createLoop(START);
  const random = createSeededRandom(`stock/${seed}`);
  const stores = openStores(loop, seed, variantBucket);
  const settings = settingsOf(stores);
  const units = { invocations: 0, billedMs: 0, queueRequests: 0 };
  const changed = new Set<string>();
  let planned = false;
  const tables = new CountedTables({
    now: loop.now,
    onWrite(table, _before, after) {
      if (table !== TABLE.orders || after?.sk !== ORDER_ROW_SK) return;
      changed.add(String(after.pk));
      if (planned) return;
      planned = true;
      loop.setTimeout(readStream, STREAM_MS.behind + STREAM_MS.poll * random.next());
    },
  });
  const quiet = { debug() {}, info() {}, warn() {}, error() {}, begin() {} };
  const metrics = { add() {}, flush() {} };
  const make = functionsOf({ loop, random });
  const made = <E, R>(name: string, timeoutMs: number, coldStart: (clock: Clock) => Handler<E, R>) => {
    const { invoke, ...rest } = make(name, timeoutMs, coldStart);
    return {
      ...rest,
      async invoke(event: E, options?: { receives?: number }) {
        const from = loop.now();
        const outcome = await invoke(event, options);
        units.invocations += 1;
        units.billedMs += loop.now() - from;
        return outcome;
      },
    };
  };
  const told = CHANNELS.filter(({ platform }) => platform.stock !== undefined);
  const queues = new Map(
    told.map((channel) => {
      const { name } = channel.platform;
      const queue = createSimQueue({
        name,
        visibilityMs: VISIBILITY_MS,
        maxReceives: 5,
        loop,
        random: random.fork(`queue-${name}`),
        disorder: () => ({ duplicates: 0, lateMs: 50 }),
      });
      const consumer = made<SQSEvent, SQSBatchResponse>(`${name}-tell`, 120_000, (clock) => {
        const env = readEnvironment('tell', variablesOf(channel, 'tell'));
        const tellers = createTellers(channel, settings, { env, log: quiet, metrics, clock });
        return async (event, run) => {
          await tellEvent(tellers, event, run);
          return { batchItemFailures: [] };
        };
      });
      connect({ queue, consumer, batchSize: 10, maxConcurrency: 2, loop });
      return [name, queue] as const;
    }),
  );
  const tracker = made<DynamoDBStreamEvent, unknown>('erp-track', 60_000, (clock) => {
    const names = Object.fromEntries(told.map(({ platform: { name } }) => [name, name]));
    const env = readEnvironment('track', {
      MERCHANT: 'bench',
      LOG_LEVEL: 'ERROR',
      SECRETS: '{"emailKey":"unread"}',
      ORDERS_TABLE: TABLE.orders,
      STOCK_QUEUES: JSON.stringify(names),
    });
    const following = createTracker(stockFollowing(settings), { env, log: quiet, metrics, clock });
    return (event) => track(following, event);
  });
  async function readStream(): Promise<void> {
    const Records = [...changed].map((pk, n) => ({
      dynamodb: { Keys: { pk: { S: pk }, sk: { S: ORDER_ROW_SK } }, SequenceNumber: `${n}` },
    }));
    changed.clear();
    await tracker.invoke({ Records });
    planned = changed.size > 0;
    if (planned) loop.setTimeout(readStream, STREAM_MS.poll * random.next());
  }

  const sleep = (service: string) => {
    const [least, most] = WAY_MS[service] ?? [0, 0];
    return new Promise<void>((resolve) =>
      loop.setTimeout(resolve, (least + (most - least) * random.next()) / 2),
    );
  };
  const io = async <T>({ service }: { service: string }, act: () => T | Promise<T>): Promise<T> => {
    if (service === 'queue') units.queueRequests += 1;
    await sleep(service);
    const answer = await act();
    await sleep(service);
    return answer;
  };
  const calls: PlatformCall[] = [];
  const network = createNetwork({
    stores,
    io,
    webhook: async () => 200,
    ...UNWATCHED,
    now: loop.now,
  });
  const secrets = new Map(
    stores.flatMap((store) =>
      Object.entries(store.secrets()).map(
        ([credential, value]) => [secretId(store, credential, store.storeId), JSON.stringify(value)] as const,
      ),
    ),
  );
  const undo = [
    takeOverGlobals({
      loop,
      random: random.fork('math').next,
      async fetch(input, init = {}) {
        const url = new URL(String(input instanceof Request ? input.url : input));
        const at = loop.now();
        const response = await network(input, init);
        const platform = stores.find(({ host }) => host === url.host)?.platform.name ?? '';
        const bytes = typeof init.body === 'string' ? init.body.length : 0;
        const { status } = response;
        calls.push({ platform, method: init.method ?? 'GET', path: url.pathname, status, bytes, at });
        return response;
      },
    }),
    redirectClients({ tables, queues, secrets, io }),
  ];
  return {
    loop,
    random,
    settings,
    stores,
    tables,
    calls,
    units,
    names: Object.fromEntries(told.map(({ platform: { name } }) => [name, name])),
    async close() {
      for (const back of undo.reverse()) back();
      await Promise.all(serversOf(stores).map((server) => server.stop()));
    },
  };
}
export type StockAccount = ReturnType<typeof openAccount>;

/** The stores whose platforms can be told of stock. */
function openStores(
  clock: ReturnType<typeof createLoop>,
  seed: number,
  variantBucket: AccountOptions['variantBucket'],
): SimStore[] {
  const own = variantBucket === undefined ? {} : { variantBucket };
  return CHANNELS.filter(({ platform }) => platform.stock !== undefined).flatMap(({ platform, stores }) => {
    const module = simulatorOf(platform);
    const isNumber = platform.stock?.shows === 'number';
    return module
      .create({ seed, clock, stores: stores.map(({ settings }) => settings), ...(isNumber ? { own } : {}) })
      .map((simulated): SimStore => {
        const known = STORES.find((one) => one.platform === platform && one.store.id === simulated.storeId);
        if (known === undefined) throw new Error(`the simulator of ${platform.name} made another store`);
        return { ...simulated, platform, module, store: known.store, name: known.name, host: known.host };
      });
  });
}
