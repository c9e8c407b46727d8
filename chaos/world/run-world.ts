import { outboxPk } from '../../functions/storage/control-keys.ts';
import { serversOf } from '../../local/shop/stores.ts';
import { checkDelivered, checkEnd, checkErased, checkFeed } from '../invariants/check-world.ts';
import type { CommandCounts } from '../invariants/command-watch.ts';
import type { Report, Violation } from '../invariants/violation.ts';
import { beginOf } from '../plan/fault-kinds.ts';
import { CHANNELS, TABLE } from '../plan/merchant.ts';
import type { Plan } from '../plan/plan.ts';
import { momentsOf, postsOf } from '../plan/scenarios.ts';
import type { SimStore } from '../plan/stores.ts';
import { openLoop, openWorld, type World } from './open-world.ts';
import { letItHappen } from './outside.ts';

/** What became of a world. */
export interface WorldResult {
  violations: Violation[];
  orders: number;
  /** Writes of order rows. */
  writes: number;
  /** Calls that reached a platform. */
  calls: number;
  /** Requests that the merchant's own side made: its publisher, readers, delivery, sweep, and the endpoint's calls. */
  feedSteps: number;
  /** What became of the commands. */
  commands: CommandCounts;
  /** Events that were published. */
  events: number;
  /** Virtual ms until everything had come to rest. */
  lasted: number;
  /** The same for the same plan, or the simulation is not repeatable. */
  fingerprint: string;
}

const MINUTE = 60_000;
/** The most patient platform sends a webhook again for two days; after that nothing can still be on its way. */
const LONGEST_REST_MS = 72 * 60 * MINUTE;
/** Enough, at the pace of the slowest schedule, for whatever one run leaves to the next. */
const RECONCILIATIONS = 3;

/** Once nothing is left to be read, a poll finds out that a pause is over, or sends what waits: one of so many does. */
const QUIET_POLLS = 5;

/** Lets one world pass, and holds it to the invariants. Takes over the process's globals meanwhile. */
export async function runWorld(plan: Plan): Promise<WorldResult> {
  const loop = openLoop();
  const start = loop.now();
  const violations = new Map<string, Violation>();
  const report: Report = (invariant, detail) => {
    const key = `${invariant} ${detail}`;
    if (!violations.has(key)) violations.set(key, { invariant, at: Math.round(loop.now() - start), detail });
  };
  const world = openWorld(plan, loop, report);
  try {
    startSchedules(world);
    world.erp.start();
    world.catalogue.start();
    letItHappen(world);
    await loop.run({ until: start + lastBegin(plan) });
    await rest(world);
    if (!atRest(world)) report('stuck', 'something is still on its way three days after the last fault');
    if (!plan.reconciles && !plan.erp.directed) checkDelivered(world, report);
    checkErased(world, report);
    await reconcileAll(world);
    await replayErased(world);
    world.catalogue.putAgain();
    await rest(world);
    checkEnd(world, report);
    checkFeed(world, report);
    world.commandWatch.checkEnd();
    world.catalogueWatch.checkEnd();
  } finally {
    await world.close();
  }
  const { stores, history, writes } = world;
  const calls = serversOf(stores).reduce((sum, server) => sum + server.calls.length, 0);
  return {
    violations: [...violations.values()],
    orders: [...history.all()].length,
    writes: writes.count,
    calls,
    feedSteps: world.requests.count,
    commands: world.commandWatch.counts,
    events: world.feed.events.length,
    lasted: Math.round(loop.now() - start),
    fingerprint: writes.hash.update(`${loop.steps} ${calls}`).digest('hex').slice(0, 16),
  };
}

function startSchedules(world: World): void {
  const { plan, loop, random, account, stores } = world;
  const every = (ms: number, first: number, work: () => Promise<unknown>) => {
    const tick = () => {
      void work();
      loop.setTimeout(tick, ms);
    };
    loop.setTimeout(tick, first);
  };
  for (const one of stores) {
    const { poll } = one.platform;
    if (poll === undefined) continue;
    const ms = poll.schedule(one.store).everyMinutes * MINUTE;
    const isOver = () => world.quiet() && one.poll?.unread() === 0;
    let skipped = 0;
    every(ms, random.next() * ms, async () => {
      skipped = isOver() ? skipped + 1 : 0;
      if (skipped === 0 || (!plan.erp.directed && skipped % QUIET_POLLS === 0)) await account.poll(one);
    });
  }
  if (!plan.reconciles) return;
  for (const one of stores) every(reconcileEvery(one), reconcileEvery(one) / 2, () => account.reconcile(one));
}

const reconcileEvery = ({ platform, store }: SimStore): number =>
  platform.resources.order.reconciliation.everyMinutes(store) * MINUTE;

async function reconcileAll(world: World): Promise<void> {
  const { loop, account, stores } = world;
  for (let run = 0; run < RECONCILIATIONS; run += 1) {
    for (const store of stores) void account.reconcile(store);
    await loop.run({ until: loop.now() + Math.max(...stores.map(reconcileEvery)) });
    await rest(world);
  }
}

/** Nothing that an operator does afterwards brings a person back. */
async function replayErased(world: World): Promise<void> {
  const { account, erasures } = world;
  for (const source of ['raw', 'fresh'] as const) {
    for (const { platform } of CHANNELS) {
      const keys = erasures.keys().filter((key) => key.platform === platform.name);
      if (keys.length > 0) void account.operate({ platform }, { do: 'replay', source, keys });
    }
    await rest(world);
  }
}

/** Ms after the start at which nothing is left to begin. */
const lastBegin = ({ hours, orders, faults, catalogue }: Plan): number =>
  Math.max(
    hours * 60 * MINUTE,
    ...orders.flatMap(momentsOf),
    ...orders.flatMap(postsOf),
    ...catalogue.flatMap(({ puts }) => puts.map(({ at }) => at)),
    ...faults.map((fault) => beginOf(fault) + MINUTE),
  );

/** Looks once a virtual minute whether everything has come to rest. */
async function rest(world: World): Promise<void> {
  const { loop } = world;
  const until = loop.now() + LONGEST_REST_MS;
  while (loop.now() < until && !atRest(world)) {
    world.erp.ask();
    await loop.run({ until: loop.now() + MINUTE });
  }
}

function atRest({ account, catalogue, commands, erp, stores, tables }: World): boolean {
  return (
    !account.busy() &&
    !commands.busy() &&
    !catalogue.busy() &&
    !erp.busy() &&
    serversOf(stores).every(({ world }) => world.pendingDeliveries() === 0) &&
    stores.every(({ poll }) => poll === undefined || poll.unread() === 0) &&
    stores.every((store) => tables.query(outboxOf(store)).Items.length === 0)
  );
}

const outboxOf = ({ platform, storeId }: SimStore) => ({
  TableName: TABLE.control,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': outboxPk({ platform: platform.name, storeId }) },
});
