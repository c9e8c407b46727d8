import { merchantNamed } from '../../config/merchant.ts';
import type { InvocationReport } from '../../local/cloud/functions/fleet.ts';
import type { ObservedCall } from '../../local/cloud/gateway/gateway.ts';
import { openShop, type Shop } from '../../local/shop/shop.ts';
import type { ShopStore } from '../../local/shop/stores.ts';
import { openTable } from '../../local/shop/table.ts';
import { pushingStore } from '../pipeline/pushing-store.ts';
import { UnitCounter } from '../units.ts';
import { note, type Used, type Wave } from './wave.ts';

/** Orders that are placed at once, whatever the size: how many come together decides on what they cost. */
const AT_ONCE = 100;
/** On a machine with other work a batch may fail, and comes again after its queue's visibility timeout, which is minutes. */
const LONGEST_WAVE_MS = 1_200_000;
/** A table that is billed on demand begins with four partitions, and each has a shard. */
const STREAM = { streamShards: 4, streamPollMs: 100 };
/** Lambda receives a batch, and deletes it. */
const REQUESTS_OF_BATCH = 2;
/** Only units are asked of the counter. */
const UNPRICED = { memoryMb: 512, traced: false, systemLog: false };

/**
 * Lets orders be placed at the first store that pushes them, wave after wave, until so many are in one table of the
 * local cloud.
 *
 * @throws Error where an order has no row.
 */
export async function measureCloud(orders: number): Promise<Wave[]> {
  let pathOf = (name: string) => name;
  const seen = createSeen((name) => pathOf(name));
  const shop = await openShop({
    merchant: merchantNamed('demo'),
    seed: 1,
    stream: STREAM,
    onCall: seen.call,
    onInvocation: seen.invocation,
  });
  pathOf = (name) => nameOf(shop.cloud.functions.find((one) => one.name === name)?.path ?? name);
  try {
    const store = pushingStore(shop.stores);
    store.webhooks?.configure({ duplicateProbability: 0, reorderProbability: 0 });
    await wave(shop, store);
    const waves: Wave[] = [];
    for (let taken = 0; taken < orders; ) {
      seen.reset();
      const from = performance.now();
      const placed = await wave(shop, store);
      waves.push({ orders: placed, ...seen.sinceReset(), wallMs: performance.now() - from });
      taken += placed;
    }
    await check(shop, store);
    return waves;
  } finally {
    await shop.close();
  }
}

/** The construct path of a function without its ends. */
const nameOf = (path: string): string => path.replace(/^[^/]+\/|\/Function.*$/g, '');

/** Counts units by function and operation, and what the functions' own workers took. */
function createSeen(pathOf: (name: string) => string) {
  const names = new Set<string>();
  const counter = new UnitCounter(() => UNPRICED);
  let batches = new Map<string, number>();
  let cpuMs = 0;
  let megabytes = 0;
  return {
    call(call: ObservedCall) {
      if (call.caller === 'admin') return;
      const caller = `${pathOf(call.caller)} ${call.operation}`;
      names.add(caller);
      counter.call({ ...call, caller });
    },
    invocation(report: InvocationReport) {
      cpuMs += report.cpuMs;
      megabytes = Math.max(megabytes, report.heapMegabytes);
      const name = pathOf(report.functionName);
      if (name.endsWith('/Consumer')) batches.set(name, (batches.get(name) ?? 0) + 1);
    },
    reset() {
      counter.reset();
      batches = new Map();
      cpuMs = 0;
      megabytes = 0;
    },
    sinceReset(): Pick<Wave, 'used' | 'cpuMs' | 'megabytes'> {
      const used = new Map<string, Used>();
      for (const name of names) note(used, name, counter.of(name));
      for (const [name, count] of batches)
        note(used, `${name} event source`, { queueRequests: REQUESTS_OF_BATCH * count });
      return { used, cpuMs, megabytes };
    },
  };
}

/**
 * Places orders and waits until all that was told of them has its rows, and the rows their events. Answers how many were told of:
 * some a platform tells nobody of.
 */
async function wave({ cloud }: Shop, store: ShopStore): Promise<number> {
  const { world } = store.simulator;
  const before = world.deliveries().length;
  for (let placed = 0; placed < AT_ONCE; placed += 1) store.place();
  await world.settled();
  await cloud.idle(LONGEST_WAVE_MS);
  return new Set(toldOf(store, before)).size;
}

/** The orders that webhooks told of, from one of them on. */
const toldOf = ({ simulator, webhooks }: ShopStore, from = 0): string[] =>
  simulator.world
    .deliveries()
    .slice(from)
    .flatMap(({ body }) => webhooks?.orderIdOf(JSON.parse(body)) ?? []);

async function check({ cloud }: Shop, store: ShopStore): Promise<void> {
  const table = openTable(cloud);
  try {
    const known = new Set((await table.all()).map(({ platformOrderId }) => platformOrderId));
    const absent = toldOf(store).filter((orderId) => !known.has(orderId));
    if (absent.length > 0) throw new Error(`${absent.length} orders have no row, such as ${absent[0]}`);
  } finally {
    table.close();
  }
}
