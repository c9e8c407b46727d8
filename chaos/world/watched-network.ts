import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { CallRecord } from '../../local/platforms/simulator.ts';
import type { Io } from '../aws/io.ts';
import type { createAsked } from '../invariants/asked.ts';
import type { CommandWatch } from '../invariants/command-watch.ts';
import type { Delivered } from '../invariants/delivered.ts';
import type { LostReads } from '../invariants/lost-reads.ts';
import { createReaders } from '../invariants/readers.ts';
import type { createCircuits, SeenCall } from '../invariants/refused-calls.ts';
import { createRuns } from '../invariants/runs.ts';
import type { Report } from '../invariants/violation.ts';
import { channelAt } from '../plan/merchant.ts';
import type { SimStore } from '../plan/stores.ts';
import type { SimAccount, WebhookRequest } from './account.ts';
import { alteredPage, enlarge, isOdd, withOddText } from './altered.ts';
import type { FaultPlayer } from './fault-player.ts';
import { isDispatcher } from './function-names.ts';
import { createNetwork } from './network.ts';

/** What calls and webhooks pass, and who watches them. */
export interface WatchedNetwork {
  stores: readonly SimStore[];
  io: Io;
  account: SimAccount;
  player: FaultPlayer;
  /** Draws which webhooks get lost. */
  random: SeededRandom;
  delivered: Delivered;
  lostReads: LostReads;
  circuits: ReturnType<typeof createCircuits>;
  asked: ReturnType<typeof createAsked>;
  commandWatch: CommandWatch;
  /** Is filled with the calls that come to each store's host, in order of arrival. */
  calls: ReadonlyMap<SimStore, SeenCall[]>;
  report: Report;
  now(): number;
}

/** Opens the network of a world: every call and every answer on it is seen by those who watch. */
export function openNetwork(of: WatchedNetwork): typeof globalThis.fetch {
  const { stores, io, player, delivered, lostReads, circuits, asked, commandWatch, calls, report, now } = of;
  const onSecond = (first: string, second: string) =>
    report('two-readers', `${second} began to read while ${first} was reading`);
  const runs = createRuns((first, second) =>
    report('two-runs', `${first} went on while ${second} was at work`),
  );
  const readers = new Map(stores.map((store) => [store, createReaders(onSecond)]));
  return createNetwork({
    stores,
    io,
    webhook: webhookWay(of),
    onCall(store, path) {
      runs.called(store.name);
      if (store.poll?.reads(path) !== true) return () => {};
      lostReads.began(store);
      return readers.get(store)?.began() ?? (() => {});
    },
    onArrival: (store, record, by) =>
      void calls.get(store)?.push({ record, by, circuit: circuits.of(store.name) }),
    onWrite: (store, by, record) =>
      isOfCatalogue(store, record) ? NOBODY : commandWatch.arrived(store, by, record),
    onRead: (store, by) => {
      if (isDispatcher(by)) commandWatch.read(store);
    },
    onAnswer(store, path, body, askedAt) {
      if (store.poll?.reads(path)) {
        delivered.page(store, body);
        lostReads.answered(store, body);
      }
      if (store.platform.resources.order.truth === 'fetched') asked.answered(store, body, askedAt);
    },
    alter: (store, path, body) =>
      store.poll?.reads(path) === true ? alteredPage(player, store, body) : undefined,
    now,
  });
}

/** A call about a product or a customer is no order command's. */
const isOfCatalogue = ({ simulator, storeId }: SimStore, record: CallRecord | undefined): boolean =>
  record !== undefined && simulator.world.catalogue?.(storeId).isOf(record.path) === true;
const NOBODY = { over() {}, heard() {} };

/** The way of a webhook from its platform to our API, on which it may get lost. */
function webhookWay({ stores, account, player, delivered, random }: WatchedNetwork) {
  return async (request: WebhookRequest): Promise<number> => {
    const platform = channelAt(request.path)?.platform;
    const ofPlatform = (fault: { platform: string }) => fault.platform === platform?.name;
    const senders = stores.filter((store) => store.platform === platform);
    const vanished = player.now('lost-webhooks', ofPlatform);
    if (vanished !== undefined && random.chance(vanished.chance)) return 200;
    if (player.now('api-down') !== undefined) return 503;
    const large = player.now('large-webhooks', ofPlatform) !== undefined;
    const odd = platform !== undefined && isOdd(player, platform);
    const whole = large ? enlarge(request.body) : request.body;
    const body = odd ? withOddText(Buffer.from(whole)).toString() : whole;
    const status = await account.webhook({ ...request, body });
    if (status < 300) delivered.acknowledged(senders, request.body);
    return status;
  };
}
