import { PLATFORMS, type Platform } from '../../functions/platforms/names.ts';
import { outboxPk } from '../../functions/storage/keys.ts';
import { checkDelivered, checkEnd } from '../invariants/check-world.ts';
import type { Report, Violation } from '../invariants/violation.ts';
import { SETTINGS, TABLE } from './merchant.ts';
import { openLoop, openWorld, type World } from './open-world.ts';
import { letItHappen } from './outside.ts';
import type { Plan } from './plan.ts';

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

const MINUTE = 60_000;
/** Nuvemshop sends a webhook again for two days; after that nothing can still be on its way. */
const LONGEST_REST_MS = 72 * 60 * MINUTE;
/** Enough, at the pace of the slowest schedule, for whatever one run leaves to the next. */
const RECONCILIATIONS = 3;

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
    letItHappen(world);
    await loop.run({ until: start + plan.hours * 60 * MINUTE });
    await rest(world);
    if (!atRest(world)) report('stuck', 'something is still on its way three days after the last fault');
    if (!plan.reconciles) checkDelivered(world, report);
    await reconcileAll(world);
    checkEnd(world, report);
  } finally {
    await world.close();
  }
  const { platforms, history, writes } = world;
  const calls = PLATFORMS.reduce((sum, name) => sum + platforms[name].calls.length, 0);
  return {
    violations: [...violations.values()],
    orders: [...history.all()].length,
    writes: writes.count,
    calls,
    lasted: Math.round(loop.now() - start),
    fingerprint: writes.hash.update(`${loop.steps} ${calls}`).digest('hex').slice(0, 16),
  };
}

function startSchedules({ plan, loop, random, account }: World): void {
  const every = (ms: number, first: number, work: () => Promise<unknown>) => {
    const tick = () => {
      void work();
      loop.setTimeout(tick, ms);
    };
    loop.setTimeout(tick, first);
  };
  const pollEvery = SETTINGS.imotriz.poll.everyMinutes * MINUTE;
  every(pollEvery, random.next() * pollEvery, account.poll);
  if (!plan.reconciles) return;
  for (const platform of PLATFORMS)
    every(reconcileEvery(platform), reconcileEvery(platform) / 2, () => account.reconcile(platform));
}

const reconcileEvery = (platform: Platform): number => SETTINGS[platform].reconcile.everyMinutes * MINUTE;

async function reconcileAll(world: World): Promise<void> {
  const { loop, account } = world;
  for (let run = 0; run < RECONCILIATIONS; run += 1) {
    for (const platform of PLATFORMS) void account.reconcile(platform);
    await loop.run({ until: loop.now() + reconcileEvery('imotriz') });
    await rest(world);
  }
}

/** Looks once a virtual minute whether everything has come to rest. */
async function rest(world: World): Promise<void> {
  const { loop } = world;
  const until = loop.now() + LONGEST_REST_MS;
  while (loop.now() < until && !atRest(world)) await loop.run({ until: loop.now() + MINUTE });
}

const OUTBOX = {
  TableName: TABLE.control,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': outboxPk({ platform: 'imotriz', storeId: SETTINGS.imotriz.storeId }) },
};

function atRest({ account, platforms, tables }: World): boolean {
  const { nuvemshop, pedidosya, imotriz } = platforms;
  return (
    !account.busy() &&
    nuvemshop.world.pendingDeliveries() + pedidosya.world.pendingDeliveries() === 0 &&
    imotriz.world.truth().every(({ synchronised }) => synchronised) &&
    tables.query(OUTBOX).Items.length === 0
  );
}
