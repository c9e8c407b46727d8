import { createHash, type Hash } from 'node:crypto';
import type { PlatformName } from '../../functions/domain/order.ts';
import { numberOfCommandSk } from '../../functions/storage/command-keys.ts';
import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { serversOf } from '../../local/shop/stores.ts';
import { redirectClients } from '../aws/clients.ts';
import { createIo } from '../aws/io.ts';
import type { Disorder } from '../aws/queue.ts';
import type { Tables } from '../aws/tables.ts';
import { createAsked } from '../invariants/asked.ts';
import { type CatalogueWatch, createCatalogueWatch } from '../invariants/catalogue-watch.ts';
import { type CommandWatch, createCommandWatch } from '../invariants/command-watch.ts';
import { createDelivered, type Delivered } from '../invariants/delivered.ts';
import { createErasures, type Erasures } from '../invariants/erasures.ts';
import { createFeedWatch, type FeedWatch } from '../invariants/feed-watch.ts';
import { createForgeries, type Forgeries } from '../invariants/forgeries.ts';
import { createHistory, type History } from '../invariants/history.ts';
import { createLogLines, type LogLines } from '../invariants/log-lines.ts';
import { createLostReads, type LostReads } from '../invariants/lost-reads.ts';
import { createOddities, type Oddities } from '../invariants/oddities.ts';
import { createReadings } from '../invariants/readings.ts';
import { createCircuits, type SeenCall } from '../invariants/refused-calls.ts';
import { watchRows } from '../invariants/row-watch.ts';
import type { Report } from '../invariants/violation.ts';
import { DELIVERIES, TABLE, TOKENS_SECRET } from '../plan/merchant.ts';
import type { Plan } from '../plan/plan.ts';
import { openStores, putSecrets, type SimStore } from '../plan/stores.ts';
import { takeOverGlobals } from '../time/globals.ts';
import { createLoop, type Loop } from '../time/loop.ts';
import { createAccount, type SimAccount } from './account.ts';
import { type CatalogueSide, createCatalogueSide } from './catalogue-side.ts';
import { TOKENS } from './command-containers.ts';
import { type CommandSide, createCommandSide } from './command-side.ts';
import { createErpSide, type ErpSide } from './erp-side.ts';
import { openEndpoint, tearingBy } from './erp-world.ts';
import { createFaultPlayer, type FaultPlayer } from './fault-player.ts';
import { isDispatcher, isOfErp } from './function-names.ts';
import { openNetwork } from './watched-network.ts';
import { watchedTables } from './watched-tables.ts';

/** One world: what is simulated, and who watches it. */
export interface World {
  plan: Plan;
  /** Epoch ms at which it began. */
  start: number;
  loop: Loop;
  random: SeededRandom;
  stores: readonly SimStore[];
  account: SimAccount;
  erp: ErpSide;
  feed: FeedWatch;
  commands: CommandSide;
  commandWatch: CommandWatch;
  catalogue: CatalogueSide;
  catalogueWatch: CatalogueWatch;
  /** Whether the day's last order is over, or nothing happens for weeks. */
  quiet(): boolean;
  tables: Tables;
  secrets: Map<string, string>;
  history: History;
  delivered: Delivered;
  oddities: Oddities;
  lostReads: LostReads;
  erasures: Erasures;
  forgeries: Forgeries;
  /** The calls that came to each store's host, in order of arrival. */
  calls: ReadonlyMap<SimStore, SeenCall[]>;
  lines: LogLines;
  /** Requests that functions of the merchant's own system made. */
  requests: { readonly count: number };
  /** Everything that was written, in order. */
  writes: { count: number; hash: Hash };
  /** Gives the process its globals and clients back. */
  close(): Promise<void>;
}

const MINUTE = 60_000;

const START = Date.parse('2026-11-22T12:00:00.000Z');

/** Opens a world, and takes over the process's globals and AWS clients until it is closed. */
export function openWorld(plan: Plan, loop: Loop, report: Report): World {
  const random = createSeededRandom(`${plan.seed}/world`);
  const stores = openStores(plan, loop);
  const readings = createReadings();
  const history = createHistory(loop.now, readings);
  const oddities = createOddities();
  const delivered = createDelivered(loop.now, history, oddities);
  const lostReads = createLostReads(loop.now);
  const erasures = createErasures();
  const forgeries = createForgeries();
  const asked = createAsked(readings);
  const circuits = createCircuits(loop.now);
  const calls = new Map(stores.map((store) => [store, [] as SeenCall[]]));
  const lines = createLogLines();
  const writes = { count: 0, hash: createHash('sha256') };
  const onRow = watchRows({
    history,
    forgeries,
    asked,
    report,
    hasItem: (Key) => tables.get({ TableName: TABLE.orders, Key }).Item !== undefined,
  });
  const feed = createFeedWatch(report);
  const commandWatch = createCommandWatch({
    now: loop.now,
    random: random.fork('decisions'),
    stores,
    changed: (store, orderId) => history.look(store, orderId),
    onDoubt: (command) => commands.decide(command),
    report,
  });
  const catalogueWatch = createCatalogueWatch({
    items: plan.catalogue,
    stores,
    onDoubt: (command) => commands.decide(command),
    report,
  });
  const tables = watchedTables({
    loop,
    writes,
    circuits,
    report,
    onControl: feed.control,
    onRow(before, after) {
      onRow(before, after);
      feed.row(before, after);
      erp.wrote(before, after);
    },
    onCommand(before, after) {
      commandWatch.wrote(before, after);
      catalogueWatch.wrote(after);
      if (numberOfCommandSk(String(after?.sk)) === undefined) return;
      feed.command(before, after);
      erp.wrote(before, after);
    },
  });
  const player = createFaultPlayer({
    faults: plan.faults,
    start: START,
    loop,
    random: random.fork('faults'),
  });
  const [ways, ofErp, ofCommands] = [random.fork('io'), random.fork('erp-io'), random.fork('command-io')];
  const requests = { count: 0 };
  const io = createIo({
    loop,
    randomOf: ({ name }) => (isOfErp(name) ? ofErp : isDispatcher(name) ? ofCommands : ways),
    fateOf: (request) => {
      const fate = player.fateOf(request);
      if (isOfErp(request.invocation.name)) {
        requests.count += 1;
        return fate;
      }
      if (fate.refusal !== undefined || fate.lost !== undefined || fate.hangs !== undefined)
        delivered.refused(request.invocation, request.service);
      return fate;
    },
  });
  const secrets = new Map<string, string>();
  for (const store of stores) putSecrets(secrets, store);
  const account = createAccount({
    loop,
    random: random.fork('account'),
    log: lines.log,
    metrics: {
      add(name, platform) {
        if (name === 'LostReadSuspected') lostReads.told(platform);
      },
      flush: () => {},
    },
    disorder: disorderOf(player),
    onEnd: delivered.ended,
  });
  const quiet = () => player.now('idle') !== undefined || loop.now() > START + plan.hours * 60 * MINUTE;
  const erp = createErpSide({
    plan: plan.erp,
    quiet,
    commanded: () => commandWatch.due,
    start: START,
    loop,
    random: random.fork('erp'),
    player,
    log: lines.log,
    metrics: { add: () => {}, flush: () => {} },
    io: () => io,
    tables: () => tables,
    watch: feed,
    report,
  });
  secrets.set(TOKENS_SECRET, TOKENS);
  const commands = createCommandSide({
    loop,
    random: random.fork('commands'),
    player,
    log: lines.log,
    metrics: { add: () => {}, flush: () => {} },
    tables: () => tables,
    watch: commandWatch,
  });
  const catalogue = createCatalogueSide({
    items: plan.catalogue,
    start: START,
    loop,
    stores,
    commands,
    watch: catalogueWatch,
  });
  if (plan.erp.endpoint) openEndpoint(tables, secrets, START);
  const network = openNetwork({
    stores,
    io,
    account,
    player,
    random: random.fork('lost-webhooks'),
    delivered,
    lostReads,
    circuits,
    asked,
    commandWatch,
    calls,
    report,
    now: loop.now,
  });
  const undo = [
    takeOverGlobals({ loop, random: random.fork('math').next, fetch: network }),
    redirectClients({
      tables,
      queues: new Map([...account.queues, ...commands.queues, [DELIVERIES, erp.queue]]),
      secrets,
      io,
      tearing: tearingBy(player, loop, random.fork('torn')),
    }),
  ];
  return {
    plan,
    start: START,
    loop,
    random,
    stores,
    account,
    erp,
    feed,
    commands,
    commandWatch,
    catalogue,
    catalogueWatch,
    quiet,
    requests,
    tables,
    secrets,
    history,
    delivered,
    oddities,
    lostReads,
    erasures,
    forgeries,
    calls,
    lines,
    writes,
    async close() {
      for (const back of undo.reverse()) back();
      await Promise.all(serversOf(stores).map((server) => server.stop()));
    },
  };
}

/** Makes a loop that stands at the world's beginning. */
export const openLoop = (): Loop => createLoop(START);

/** How unruly a platform's queue is while faults last. */
const disorderOf =
  (player: FaultPlayer) =>
  (name: PlatformName): Disorder => {
    const { duplicates, lateMs } = player.now('disorder') ?? { duplicates: 0.01, lateMs: 200 };
    const away = player.now('stragglers', ({ platform }) => platform === name);
    const held = away === undefined ? {} : { held: { chance: away.chance, until: START + away.to } };
    return { duplicates, lateMs, ...held };
  };
