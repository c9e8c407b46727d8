import { feedPointerKey } from '../../functions/storage/erp-keys.ts';
import type { Attributes } from '../aws/expression.ts';
import type { FeedFault } from '../plan/fault-kinds.ts';
import { TABLE } from '../plan/merchant.ts';
import type { World } from './open-world.ts';

type Restore = Extract<FeedFault, { kind: 'restore' }>;
type Begun = Extract<FeedFault, { at: number } | { kind: 'idle' }>;

/** What a restore of the feed sets back: the feed with its pointer, and the endpoints with how far they have come. */
const OF_FEED = /^(feed|endpoint)/;
const PART = {
  orders: { table: TABLE.orders, holds: () => true },
  feed: { table: TABLE.control, holds: ({ pk }: Attributes) => OF_FEED.test(String(pk)) },
} as const;
/** Publishers know for a minute what they read of the feed; so long an operator waits before telling everything anew. */
const UNTIL_CATCH_UP_MS = 3 * 60_000;
/** By then no request of an old container is still on its way. */
const UNTIL_SET_BACK_MS = 5_000;

const snapshots = new WeakMap<World, Map<Restore, Attributes[]>>();

/** Remembers what tables hold at the times to which they will be set back. */
export function takeSnapshots(world: World): void {
  const { plan, loop, start, tables } = world;
  const taken = new Map<Restore, Attributes[]>();
  snapshots.set(world, taken);
  for (const fault of plan.faults) {
    if (fault.kind !== 'restore') continue;
    const { table, holds } = PART[fault.table];
    loop.at(start + Math.max(0, fault.at - fault.backMs), () =>
      taken.set(fault, tables.snapshot(table, holds)),
    );
  }
}

/** Does to the feed what happens at one moment, and lets the operator do what the runbook says. */
export function beginOnFeed(fault: Begun, world: World): void {
  const { erp, loop, tables } = world;
  switch (fault.kind) {
    case 'restore':
      restore(fault, world);
      break;
    case 'lost-pointer':
      tables.delete({ TableName: TABLE.control, Key: feedPointerKey() });
      erp.excuse();
      loop.setTimeout(() => void erp.operate('catch-up'), UNTIL_CATCH_UP_MS);
      break;
    case 'idle':
      // Nobody raises the pointer: whoever publishes next begins an epoch.
      if (!fault.nights) erp.excuse();
      break;
    case 'catch-up':
      void erp.operate('catch-up');
      break;
  }
}

/** The old functions are gone before the table is set back, and the new ones publish once the feed has begun anew. */
function restore(fault: Restore, world: World): void {
  const { erp, feed, loop, tables } = world;
  const { table, holds } = PART[fault.table];
  const items = snapshots.get(world)?.get(fault) ?? [];
  erp.excuse();
  const deployment = erp.deployRestored(fault.table);
  loop.setTimeout(() => {
    tables.restore(table, holds, items);
    if (fault.table === 'orders') feed.rowsSetBack();
    else feed.setBack(items);
    deployment.setBack();
    void erp.operate('restore-finish').then(() => {
      deployment.finished();
      return erp.operate('catch-up');
    });
  }, UNTIL_SET_BACK_MS);
}
