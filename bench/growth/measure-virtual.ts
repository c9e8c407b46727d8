import * as z from 'zod';
import { TABLE } from '../../chaos/plan/merchant.ts';
import type { SimStore } from '../../chaos/plan/stores.ts';
import type { Outcome } from '../../functions/pipeline/reconcile/report.ts';
import { REPORT_PREFIX, reconcilePk } from '../../functions/storage/control-keys.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';
import { openVirtualAccount, type VirtualAccount } from './virtual-account.ts';
import type { Wave } from './wave.ts';

const MINUTE = 60_000;
const MEGABYTE = 1024 * 1024;
/** Orders of a store that are placed at once. */
const AT_ONCE = 10;
/** What a platform's bucket was filled with leaks meanwhile (ms). */
const APART_MS = 30_000;
/** Nothing of a wave is on its way for longer (ms). */
const LONGEST_MS = 60 * MINUTE;

/** What is younger is not compared, because its webhook may be on its way (ms). */
const QUIET_MS = 10 * MINUTE;

/** The first run of the reconciliation of a store, which compares all that the store lists. */
export interface Comparison {
  /** What people call it. */
  platform: string;
  /** Orders that it looked at. */
  seen: number;
  outcome: Outcome;
  /** Virtual seconds; a run has five minutes. */
  seconds: number;
  calls: number;
  readUnits: number;
}

/** Orders in one table, and what they took. */
export interface Grown {
  waves: Wave[];
  comparisons: Comparison[];
  /** Events that a system read from the feed. */
  events: number;
}

/**
 * Lets orders be placed at all stores of the simulated merchant, wave after wave, until so many are in one table.
 *
 * @throws Error where a function failed, or an order has no row.
 */
export async function measureVirtual({ seed, orders }: { seed: number; orders: number }): Promise<Grown> {
  const opened = openVirtualAccount(seed);
  try {
    const feed = readerOf(opened);
    await wave(opened, feed);
    const waves: Wave[] = [];
    for (let taken = 0; taken < orders; ) {
      const [cpu, from] = [process.cpuUsage(), performance.now()];
      opened.used.clear();
      const placed = await wave(opened, feed);
      const { user, system } = process.cpuUsage(cpu);
      waves.push({
        orders: placed,
        used: new Map(opened.used),
        cpuMs: (user + system) / 1000,
        wallMs: performance.now() - from,
        megabytes: process.memoryUsage().heapUsed / MEGABYTE,
      });
      taken += placed;
    }
    const comparisons: Comparison[] = [];
    await opened.loop.run({ until: opened.loop.now() + QUIET_MS });
    for (const store of opened.stores) comparisons.push(await compare(opened, store));
    check(opened);
    return { waves, comparisons, events: feed.events() };
  } finally {
    await opened.close();
  }
}

/** A system that reads every event. */
export function readerOf({ loop, system }: VirtualAccount) {
  let at: FeedPosition | undefined;
  let events = 0;
  return {
    events: () => events,
    async read() {
      let done = false;
      void system.invoke(at).then((outcome) => {
        done = true;
        if (!outcome.ok) return;
        at = outcome.result.at;
        events += outcome.result.events;
      });
      await loop.run({ until: loop.now() + LONGEST_MS, done: () => done });
    },
  };
}

/** Orders of each store, until their events were read. Answers how many were told of: some a platform tells nobody of. */
async function wave(opened: VirtualAccount, feed: ReturnType<typeof readerOf>): Promise<number> {
  const { loop, stores, rows } = opened;
  const before = rows();
  for (const store of stores) for (let placed = 0; placed < AT_ONCE; placed += 1) store.place();
  await arrive(opened);
  await feed.read();
  await loop.run({ until: loop.now() + APART_MS });
  return rows() - before;
}

/** Runs the world until all that its platforms told has its rows, and the rows their events. */
export async function arrive({ loop, stores, account, busy }: VirtualAccount): Promise<void> {
  const until = loop.now() + LONGEST_MS;
  const unread = () => stores.filter(({ poll }) => (poll?.unread() ?? 0) > 0);
  do {
    let polling = unread().length;
    for (const store of unread())
      void account.poll(store).then(() => {
        polling -= 1;
      });
    await loop.run({ until, done: () => polling === 0 && !busy() });
    // A schedule would come every minute.
    if (unread().length > 0) await loop.run({ until: loop.now() + MINUTE });
  } while (unread().length > 0 && loop.now() < until);
}

const report = z.object({
  outcome: z.custom<Outcome>((value) => typeof value === 'string'),
  counts: z.object({ seen: z.number() }),
});

async function compare(opened: VirtualAccount, store: SimStore): Promise<Comparison> {
  const { loop, account, tables, used, busy } = opened;
  const calls = store.simulator.calls.length;
  const from = loop.now();
  let done = false;
  used.clear();
  void account.reconcile(store).then(() => {
    done = true;
  });
  await loop.run({ until: from + LONGEST_MS, done: () => done });
  const seconds = (loop.now() - from) / 1000;
  const made = store.simulator.calls.length - calls;
  const own = [...used].filter(([operation]) => operation.startsWith(`${store.platform.name}-reconcile `));
  await loop.run({ until: loop.now() + LONGEST_MS, done: () => !busy() });
  const pk = reconcilePk({ platform: store.platform.name, storeId: store.storeId });
  const [said] = tables.snapshot(TABLE.control, (item) => item.pk === pk && isReport(item.sk));
  const { outcome, counts } = report.parse(said);
  return {
    platform: store.platform.title,
    seen: counts.seen,
    outcome,
    seconds,
    calls: made,
    readUnits: own.reduce((sum, [, { readUnits }]) => sum + readUnits, 0),
  };
}

const isReport = (sk: unknown): boolean => String(sk).startsWith(REPORT_PREFIX);

function check({ tables, stores, failed }: VirtualAccount): void {
  if (failed() > 0) throw new Error(`${failed()} calls of functions failed`);
  const absent = stores.flatMap(({ platform: { name: platform }, storeId, truth }) =>
    truth()
      .filter(({ required }) => required)
      .map(({ orderId: platformOrderId }) => orderRowKey({ platform, storeId, platformOrderId }))
      .filter((Key) => tables.passes({ TableName: TABLE.orders, Key, ConditionExpression: ABSENT })),
  );
  if (absent.length > 0) throw new Error(`${absent.length} orders have no row, such as ${absent[0]?.pk}`);
}
const ABSENT = 'attribute_not_exists(pk)';
