import { createHash, type Hash } from 'node:crypto';
import { ROUTES } from '../../functions/platforms/routes.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { redirectClients } from '../aws/clients.ts';
import { createIo } from '../aws/io.ts';
import { Tables } from '../aws/tables.ts';
import { createHistory, type History } from '../invariants/history.ts';
import { createLogLines, type LogLines } from '../invariants/log-lines.ts';
import { createOddities, type Oddities } from '../invariants/oddities.ts';
import { createReaders } from '../invariants/readers.ts';
import { watchRows } from '../invariants/row-watch.ts';
import { createDelivered, type Delivered } from '../invariants/told.ts';
import type { Report } from '../invariants/violation.ts';
import { takeOverGlobals } from '../time/globals.ts';
import { createLoop, type Loop } from '../time/loop.ts';
import { createAccount, type SimAccount } from './account.ts';
import { createFaultPlayer, type FaultPlayer } from './fault-player.ts';
import { SETTINGS, TABLE } from './merchant.ts';
import { createNetwork, HOSTS } from './network.ts';
import type { Plan } from './plan.ts';
import { createPlatforms, type SimPlatforms, secretsOf } from './platforms.ts';

/** One world: what is simulated, and who watches it. */
export interface World {
  plan: Plan;
  /** Epoch ms at which it began. */
  start: number;
  loop: Loop;
  random: SeededRandom;
  platforms: SimPlatforms;
  account: SimAccount;
  tables: Tables;
  secrets: Map<string, string>;
  history: History;
  delivered: Delivered;
  oddities: Oddities;
  lines: LogLines;
  /** Everything that was written, in order. */
  writes: { count: number; hash: Hash };
  /** Gives the process its globals and clients back. */
  close(): Promise<void>;
}

export const START = Date.parse('2026-11-22T12:00:00.000Z');

/** Opens a world, and takes over the process's globals and AWS clients until it is closed. */
export function openWorld(plan: Plan, loop: Loop, report: Report): World {
  const random = createSeededRandom(`${plan.seed}/world`);
  const platforms = createPlatforms(plan, loop);
  const history = createHistory(platforms, loop.now);
  const oddities = createOddities();
  const delivered = createDelivered(loop.now, history, oddities);
  const lines = createLogLines();
  const writes = { count: 0, hash: createHash('sha256') };
  const tables: Tables = watchedTables(loop, writes, () => onRow);
  const onRow = watchRows(
    history,
    report,
    (Key) => tables.get({ TableName: TABLE.orders, Key }).Item !== undefined,
  );
  const player = createFaultPlayer({
    faults: plan.faults,
    start: START,
    loop,
    random: random.fork('faults'),
  });
  const io = createIo({
    loop,
    random: random.fork('io'),
    fateOf: (request) => {
      const fate = player.fateOf(request);
      if (fate.refusal !== undefined || fate.lost !== undefined)
        delivered.refused(request.invocation, request.service);
      return fate;
    },
  });
  const secrets = secretsOf(platforms);
  const account = createAccount({
    loop,
    random: random.fork('account'),
    log: lines.log,
    metrics: { add: () => {}, flush: () => {} },
    disorder: () => player.now('disorder') ?? { duplicates: 0.01, lateMs: 200 },
    onEnd: delivered.ended,
  });
  const readers = createReaders((first, second) =>
    report('two-readers', `${second} began to read while ${first} was reading`),
  );
  const isDestructive = (host: string, path: string) =>
    host === HOSTS.imotriz && path === SETTINGS.imotriz.paths.newOrders;
  const network = createNetwork({
    platforms: new Map(
      (['nuvemshop', 'pedidosya', 'imotriz'] as const).map((name) => [HOSTS[name], platforms[name]]),
    ),
    io,
    webhook: webhookWay({ account, player, delivered, random: random.fork('lost-webhooks') }),
    onCall: (host, path) => (isDestructive(host, path) ? readers.began() : () => {}),
    onAnswer: (host, path, body) => {
      if (isDestructive(host, path)) delivered.page(body);
    },
  });
  const undo = [
    takeOverGlobals({ loop, random: random.fork('math').next, fetch: network }),
    redirectClients({ tables, queues: account.queues, secrets, io }),
  ];
  return {
    plan,
    start: START,
    loop,
    random,
    platforms,
    account,
    tables,
    secrets,
    history,
    delivered,
    oddities,
    lines,
    writes,
    async close() {
      for (const back of undo.reverse()) back();
      await Promise.all([platforms.nuvemshop.stop(), platforms.pedidosya.stop(), platforms.imotriz.stop()]);
    },
  };
}

/** Makes a loop that stands at the world's beginning. */
export const openLoop = (): Loop => createLoop(START);

function watchedTables(
  loop: Loop,
  writes: World['writes'],
  onRow: () => ReturnType<typeof watchRows>,
): Tables {
  return new Tables({
    now: loop.now,
    onWrite(table, before, after) {
      if (table !== TABLE.orders || (after ?? before)?.sk !== ORDER_ROW_SK) return;
      writes.count += 1;
      writes.hash.update(`${loop.now()} ${String(after?.pk)} ${String(after?.revision)}\n`);
      onRow()(before, after);
    },
  });
}

/** The way of a webhook from its platform to our API, on which it may get lost. */
function webhookWay(way: {
  account: SimAccount;
  player: FaultPlayer;
  delivered: Delivered;
  random: SeededRandom;
}) {
  const { account, player, delivered, random } = way;
  return async (request: {
    path: string;
    headers: Record<string, string>;
    body: string;
  }): Promise<number> => {
    const platform = request.path === ROUTES.pedidosya ? 'pedidosya' : 'nuvemshop';
    const vanished = player.now('lost-webhooks', (fault) => fault.platform === platform);
    if (vanished !== undefined && random.chance(vanished.chance)) return 200;
    if (player.now('api-down') !== undefined) return 503;
    const large = platform === 'pedidosya' && player.now('large-webhooks') !== undefined;
    const status = await account.webhook(large ? { ...request, body: enlarge(request.body) } : request);
    if (status < 300) delivered.acknowledged(platform, request.body);
    return status;
  };
}

/** The same order with more around it than one message can carry, and nothing in it that compresses. */
function enlarge(body: string): string {
  const order: object = JSON.parse(body);
  const blob = createHash('shake256', { outputLength: 260_000 }).update(body).digest('base64');
  return JSON.stringify({ ...order, extended_receipt: blob });
}
