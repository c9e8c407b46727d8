import { createHash } from 'node:crypto';
import type { Platform } from '../../functions/contract/platform.ts';
import { ROUTES } from '../../functions/contract/routes.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { redirectClients } from '../aws/clients.ts';
import { createIo } from '../aws/io.ts';
import { Tables } from '../aws/tables.ts';
import { checkRows, type Expected } from '../invariants/final.ts';
import { createHistory } from '../invariants/history.ts';
import { createLogLines } from '../invariants/log-lines.ts';
import { createOddities } from '../invariants/oddities.ts';
import { createReaders } from '../invariants/readers.ts';
import { callsWhilePaused } from '../invariants/refused-calls.ts';
import { watchRows } from '../invariants/row-watch.ts';
import { createTold, type Told } from '../invariants/told.ts';
import type { Invariant, Violation } from '../invariants/violation.ts';
import { takeOverGlobals } from '../time/globals.ts';
import { createLoop, type Loop } from '../time/loop.ts';
import { createAccount, type SimAccount } from './account.ts';
import { createFaultPlayer } from './fault-player.ts';
import { SETTINGS, TABLE } from './merchant.ts';
import { createNetwork, HOSTS } from './network.ts';
import { letItHappen } from './outside.ts';
import type { Plan } from './plan.ts';
import { createPlatforms, secretsOf } from './platforms.ts';

/** What became of a world. */
export interface WorldResult {
  violations: Violation[];
  orders: number;
  /** Writes of order rows. */
  writes: number;
  /** Calls that reached a platform. */
  calls: number;
  /** Virtual ms until everything had come to rest. */
  lasted: number;
  /** The same for the same plan, or the simulation is not repeatable. */
  fingerprint: string;
}

const START = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
/** Nuvemshop sends a webhook again for two days; after that nothing can still be on its way. */
const LONGEST_REST_MS = 72 * 60 * MINUTE;

/** Lets one world pass, and holds it to the invariants. Takes over the process's globals meanwhile. */
export async function runWorld(plan: Plan): Promise<WorldResult> {
  const loop = createLoop(START);
  const random = createSeededRandom(`${plan.seed}/world`);
  const violations: Violation[] = [];
  const seen = new Set<string>();
  const report = (invariant: Invariant, detail: string) => {
    if (seen.has(`${invariant} ${detail}`)) return;
    seen.add(`${invariant} ${detail}`);
    violations.push({ invariant, at: Math.round(loop.now() - START), detail });
  };
  const platforms = createPlatforms(plan, loop);
  const history = createHistory(platforms, loop.now);
  const oddities = createOddities();
  const told = createTold(loop.now, history, oddities);
  const lines = createLogLines();
  const fingerprint = createHash('sha256');
  let writes = 0;
  const onRow = watchRows(
    history,
    report,
    (pk, sk) => tables.get({ TableName: TABLE.orders, Key: { pk, sk } }).Item !== undefined,
  );
  const tables = new Tables({
    now: loop.now,
    onWrite(table, before, after) {
      if (table !== TABLE.orders || (after ?? before)?.sk !== 'order') return;
      writes += 1;
      fingerprint.update(`${loop.now()} ${String(after?.pk)} ${String(after?.revision)}\n`);
      onRow(before, after);
    },
  });
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
        told.refused(request.invocation, request.service);
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
    onEnd: told.ended,
  });
  const lost = random.fork('lost-webhooks');
  const webhook = async (request: { path: string; headers: Record<string, string>; body: string }) => {
    const platform = request.path === ROUTES.pedidosya ? 'pedidosya' : 'nuvemshop';
    const vanished = player.now('lost-webhooks', (fault) => fault.platform === platform);
    if (vanished !== undefined && lost.chance(vanished.chance)) return 200;
    if (player.now('api-down') !== undefined) return 503;
    const large = platform === 'pedidosya' && player.now('large-webhooks') !== undefined;
    const status = await account.webhook(large ? { ...request, body: enlarge(request.body) } : request);
    if (status < 300) told.acknowledged(platform, request.body);
    return status;
  };
  const readers = createReaders((first, second) =>
    report('two-readers', `${second} began to read while ${first} was reading`),
  );
  const network = createNetwork({
    platforms: new Map(
      (['nuvemshop', 'pedidosya', 'imotriz'] as const).map((name) => [HOSTS[name], platforms[name]]),
    ),
    io,
    webhook,
    onCall: (host, path) =>
      host === HOSTS.imotriz && path === SETTINGS.imotriz.paths.newOrders ? readers.began() : () => {},
    onAnswer: (host, path, body) => {
      if (host === HOSTS.imotriz && path === SETTINGS.imotriz.paths.newOrders) told.page(body);
    },
  });
  const undo = [
    takeOverGlobals({ loop, random: random.fork('math').next, fetch: network }),
    redirectClients({ tables, queues: account.queues, secrets, io }),
  ];
  try {
    const every = SETTINGS.imotriz.poll.everyMinutes * MINUTE;
    const tick = () => {
      void account.poll();
      loop.setTimeout(tick, every);
    };
    loop.setTimeout(tick, random.next() * every);
    if (plan.reconciles) for (const platform of PLATFORM_NAMES) schedule(platform, loop, account);
    letItHappen({
      plan,
      start: START,
      loop,
      random: random.fork('outside'),
      platforms,
      secrets,
      account,
      history,
      oddities,
    });
    await loop.run({ until: START + plan.hours * 60 * MINUTE });
    const atRest = () =>
      !account.busy() &&
      platforms.nuvemshop.world.pendingDeliveries() === 0 &&
      platforms.pedidosya.world.pendingDeliveries() === 0 &&
      platforms.imotriz.world.truth().every(({ synchronised }) => synchronised) &&
      !tables.query(SPOOL).Items.some(() => true);
    await rest(loop, atRest);
    if (!atRest()) report('stuck', 'something is still on its way three days after the last fault');
    if (!plan.reconciles) checkRows(tables, history, untilNow(told), report);
    await reconcileAll(loop, account, atRest);
    checkRows(tables, history, afterReconciliation(told), report);
    checkCalls(platforms, report);
    for (const hash of oddities.unseen(tables))
      report('poison-dropped', `bytes with the hash ${hash} are in no row that says what is wrong`);
    for (const [platform, { deadLetters }] of account.queues) {
      for (const { body, messageId } of deadLetters)
        if (!body.includes('not one of ours'))
          report('dead-letter', `${messageId} of ${platform} is a dead letter`);
    }
    const forbidden = [...history.personal(), ...[...secrets.values()].flatMap(texts)];
    for (const line of lines.holding(forbidden)) report('personal-data', line);
    await Promise.all([platforms.nuvemshop.stop(), platforms.pedidosya.stop(), platforms.imotriz.stop()]);
  } finally {
    for (const back of undo.reverse()) back();
  }
  const calls = PLATFORM_NAMES.reduce((sum, name) => sum + platforms[name].calls.length, 0);
  fingerprint.update(`${loop.steps} ${calls}`);
  return {
    violations,
    orders: [...history.all()].length,
    writes,
    calls,
    lasted: Math.round(loop.now() - START),
    fingerprint: fingerprint.digest('hex').slice(0, 16),
  };
}

const PLATFORM_NAMES = ['nuvemshop', 'pedidosya', 'imotriz'] as const satisfies Platform[];
const SPOOL = {
  TableName: TABLE.control,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': `spool#imotriz#${SETTINGS.imotriz.storeId}` },
};
const texts = (json: string): string[] =>
  Object.values<unknown>(JSON.parse(json)).filter(
    (value): value is string => typeof value === 'string' && value.length > 6,
  );

/** The same order with more around it than one message can carry, and nothing in it that compresses. */
function enlarge(body: string): string {
  const order: object = JSON.parse(body);
  const blob = createHash('shake256', { outputLength: 260_000 }).update(body).digest('base64');
  return JSON.stringify({ ...order, extended_receipt: blob });
}

/** Looks once a virtual minute whether everything has come to rest. */
async function rest(loop: Loop, atRest: () => boolean): Promise<void> {
  const until = loop.now() + LONGEST_REST_MS;
  while (loop.now() < until && !atRest()) await loop.run({ until: loop.now() + MINUTE });
}

const everyMs = (platform: Platform) => SETTINGS[platform].reconcile.everyMinutes * MINUTE;

function schedule(platform: Platform, loop: Loop, account: SimAccount): void {
  const tick = () => {
    void account.reconcile(platform);
    loop.setTimeout(tick, everyMs(platform));
  };
  loop.setTimeout(tick, everyMs(platform) / 2);
}

/** Enough runs, at the pace of the slowest schedule, for whatever one run leaves to the next. */
async function reconcileAll(loop: Loop, account: SimAccount, atRest: () => boolean): Promise<void> {
  for (let run = 0; run < 3; run += 1) {
    for (const platform of PLATFORM_NAMES) void account.reconcile(platform);
    await loop.run({ until: loop.now() + everyMs('imotriz') });
    await rest(loop, atRest);
  }
}

/** A platform that failed for hours leaves a row that says so and waits for a reconciliation; everything else is in place. */
const untilNow =
  (told: Told): Expected =>
  (platform, orderId, last, row) =>
    told.ofLast(platform, orderId, last) && row?.attention?.reason !== 'platform-keeps-failing'
      ? 'state'
      : 'nothing';

/** iMotriz tells ids only, so a change whose one reading was lost stays unseen; that there is an order does not. */
const afterReconciliation =
  (told: Told): Expected =>
  (platform, orderId, last) =>
    platform !== 'imotriz' || told.ofLast(platform, orderId, last) ? 'state' : 'row';

function checkCalls(
  platforms: ReturnType<typeof createPlatforms>,
  report: (invariant: Invariant, detail: string) => void,
): void {
  for (const name of PLATFORM_NAMES) {
    const { calls } = platforms[name];
    for (const { at, status, fault, route } of calls)
      if (status === 429 && fault === undefined)
        report('over-limit', `${name} refused ${route} at ${at - START} ms`);
    const [first] = callsWhilePaused(calls);
    if (first !== undefined) report('called-while-paused', `${name} was asked again at ${first - START} ms`);
  }
}
