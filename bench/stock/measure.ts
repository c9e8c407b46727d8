import { TABLE } from '../../chaos/plan/merchant.ts';
import type { SimStore } from '../../chaos/plan/stores.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { channelKey, type StockChannel } from '../../functions/domain/stock/channel.ts';
import { catalogueKey } from '../../functions/domain/stock/links.ts';
import type { StockSettings } from '../../functions/domain/stock/settings.ts';
import { type Sku, withBase, withLinks } from '../../functions/domain/stock/sku.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import { gatherHints } from '../../functions/runtime/gather-hints.ts';
import { sqsClient } from '../../functions/runtime/sqs-client.ts';
import { createStockHints } from '../../functions/runtime/stock-hints.ts';
import { documentClient } from '../../functions/storage/dynamodb.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { type AccountOptions, openAccount, type StockAccount } from './account.ts';

const [SECOND, MINUTE] = [1000, 60_000];
/** SKUs that the API writes at once. */
const AT_ONCE = 16;
/** The most of one order where a channel can be told that. */
const MOST = 5;
/** Between orders every limit is idle again (ms). */
const APART_MS = 60 * SECOND;

/** Calls that change something at a platform, for so many numbers that changed. */
export interface Calls {
  platform: string;
  shows: StockChannel['shows'];
  /** Of the first numbers of all SKUs, and of a change of each. */
  first: number;
  changed: number;
  refused: number;
}

/** From a sale on one channel until another's platform took the new stock. Seconds, in order. */
export interface Way {
  from: string;
  to: string;
  seconds: number[];
}

export interface Used {
  writeUnits: number;
  readUnits: number;
  queueRequests: number;
  invocations: number;
  billedMs: number;
}

const channelsOf = (stores: readonly SimStore[]): StockChannel[] => {
  const platforms = [...new Set(stores.map(({ platform }) => platform))];
  return platforms.flatMap((platform) => {
    const [first] = stores.filter((store) => store.platform === platform);
    const port = platform.stock;
    if (first === undefined || port === undefined) return [];
    const [part = {}] = port.channels(first.store);
    const channel = { platform: platform.name, storeId: first.storeId, sells: ['main'], buffer: 0, ...part };
    return [{ ...channel, shows: port.shows, ...(port.shows === 'on-off' ? { most: MOST } : {}) }];
  });
};

const settingsOf = (stores: readonly SimStore[]): StockSettings => ({
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: channelsOf(stores),
});

/** What the merchant's system does: it says numbers, as `PUT /v1/stock` takes them. */
function merchantOf({ loop, settings, names, stores }: StockAccount) {
  const now = () => Math.round(loop.now());
  const hints = gatherHints(createStockHints(sqsClient(), names));
  const client = documentClient();
  const stock = createStockStore({
    client,
    table: TABLE.orders,
    rules: settings,
    clock: { now },
    onDue: hints.note,
  });
  /** Runs the world until the work is done, and so long after it that everything has come to rest. Answers how long it took. */
  const rest = async (work: () => Promise<unknown>, ms: number): Promise<number> => {
    const from = loop.now();
    let done = false;
    const working = work().then(() => {
      done = true;
    });
    await loop.run({ until: loop.now() + 60 * MINUTE, done: () => done });
    await working;
    const took = loop.now() - from;
    await loop.run({ until: loop.now() + ms });
    return took;
  };
  const update = (skus: readonly string[], change: (known: Sku, sku: string) => Sku) => async () => {
    await mapConcurrent(AT_ONCE, skus, async (sku) => {
      await stock.update(sku, (known) => change(known, sku));
    });
    await hints.send(now());
  };
  return {
    stock,
    orders: createOrderStore(client, TABLE.orders),
    rest,
    /** Puts products of these SKUs on sale everywhere, and links them. */
    async sell(skus: readonly string[]) {
      for (const channel of settings.channels) {
        const store = stores.find(
          (one) => one.platform.name === channel.platform && one.storeId === channel.storeId,
        );
        const sold = new Map((store?.sell?.(skus, channel.outletId) ?? []).map((one) => [one.sku, one]));
        const link = (known: Sku, sku: string) => {
          const { productId, variantId } = sold.get(sku) ?? { productId: sku, variantId: sku };
          return withLinks(known, catalogueKey(channel), [{ productId, variantId }], settings, now());
        };
        await rest(update(skus, link), 0);
      }
    },
    say(numbers: ReadonlyMap<string, number>, restMs: number) {
      const asOf = now();
      const number = (known: Sku, sku: string) =>
        withBase(known, 'main', { quantity: 1000 * (numbers.get(sku) ?? 0), asOf }, settings, now()).sku;
      return rest(update([...numbers.keys()], number), restMs);
    },
  };
}

async function inAccount<T>(
  options: Omit<AccountOptions, 'settings'>,
  work: (account: StockAccount, merchant: ReturnType<typeof merchantOf>) => Promise<T>,
): Promise<T> {
  const account = openAccount({ ...options, settings: settingsOf });
  try {
    return await work(account, merchantOf(account));
  } finally {
    await account.close();
  }
}

const skusOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `bench-${n}`);
const writes = ({ calls }: StockAccount, platform: string) =>
  calls.filter((call) => call.platform === platform && call.method !== 'GET');

/**
 * Calls and units for a change of each SKU: other numbers, of which one in fifty is none. Said in one call of the API; the
 * first numbers of all SKUs before them.
 */
export const measureChanges = (seed: number, count: number): Promise<{ calls: Calls[]; used: Used }> =>
  inAccount({ seed }, async (account, merchant) => {
    const { settings, tables, units, random } = account;
    const skus = skusOf(count);
    await merchant.sell(skus);
    await merchant.say(new Map(skus.map((sku) => [sku, random.int(20, 60)])), 30 * MINUTE);
    const first = settings.channels.map(({ platform }) => writes(account, platform).length);
    account.calls.length = 0;
    const before = { ...units, ...tables.units };
    const saidMs = await merchant.say(
      new Map(skus.map((sku, n) => [sku, n % 50 === 0 ? 0 : random.int(MOST + 1, 19)])),
      30 * MINUTE,
    );
    return {
      calls: settings.channels.map(({ platform, shows }, index) => ({
        platform,
        shows,
        first: first[index] ?? 0,
        changed: writes(account, platform).length,
        refused: writes(account, platform).filter(({ status }) => status === 429).length,
      })),
      used: {
        writeUnits: tables.units.write - before.write,
        readUnits: tables.units.read - before.read,
        queueRequests: units.queueRequests - before.queueRequests,
        // With the API's own, which took the numbers.
        invocations: units.invocations - before.invocations + 1,
        billedMs: units.billedMs - before.billedMs + saidMs,
      },
    };
  });

/** The same where a second limit weighs each call: a call that it refuses is never made again at its size. */
export const measureThrottled = (seed: number, count: number) =>
  inAccount({ seed, variantBucket: { size: 60, perSecond: 12 } }, async (account, merchant) => {
    const skus = skusOf(count);
    await merchant.sell(skus);
    await merchant.say(new Map(skus.map((sku) => [sku, 20])), 60 * MINUTE);
    const [channel] = account.settings.channels.filter(({ shows }) => shows === 'number');
    const made = writes(account, channel?.platform ?? '');
    const repeated = made.filter(
      ({ bytes }, n) => made[n - 1]?.status === 429 && bytes >= 0.9 * (made[n - 1]?.bytes ?? 0),
    );
    let told = 0;
    await merchant.rest(async () => {
      for (const sku of skus) {
        const item = await merchant.stock.get(sku);
        const shown = channel === undefined ? undefined : item?.shown[channelKey(channel)]?.display;
        if (shown !== undefined && 'units' in shown && shown.units === 20) told += 1;
      }
    }, 0);
    return {
      calls: made.length,
      refused: made.filter(({ status }) => status === 429).length,
      repeated: repeated.length,
      told,
    };
  });

/** Orders one after the other, each of another SKU, on each channel in turn, at idle limits. */
export const measureWays = (seed: number, orders: number): Promise<Way[]> =>
  inAccount({ seed }, async (account, merchant) => {
    const { settings, loop, random } = account;
    const skus = skusOf(orders);
    await merchant.sell(skus);
    await merchant.say(new Map(skus.map((sku) => [sku, MOST])), 30 * MINUTE);
    const soldAt: number[] = [];
    for (const [n, sku] of skus.entries()) {
      const channel = settings.channels[n % settings.channels.length];
      if (channel === undefined) continue;
      const now = Math.round(loop.now());
      soldAt[n] = now;
      const row = rowOf(channel, sku, now);
      const isFetched = account.stores.some(
        ({ platform }) => platform.name === channel.platform && platform.resources.order.truth === 'fetched',
      );
      // The platform's webhook, our queue, and a call where the order has to be asked for.
      const way = random.int(300, 1500) + random.int(100, 400) + (isFetched ? random.int(200, 600) : 0);
      loop.setTimeout(() => void merchant.orders.put(row, 0), way);
      await loop.run({ until: loop.now() + APART_MS });
    }
    const ways = new Map<string, Way>();
    await merchant.rest(async () => {
      for (const [n, sku] of skus.entries()) {
        const from = settings.channels[n % settings.channels.length];
        const item = await merchant.stock.get(sku);
        for (const to of settings.channels) {
          if (to === from || from === undefined) continue;
          const name = `${from.platform} to ${to.platform}`;
          const way = ways.get(name) ?? { from: from.platform, to: to.platform, seconds: [] };
          ways.set(name, way);
          const shown = item?.shown[channelKey(to)];
          const took = (shown?.to ?? Number.NaN) - (soldAt[n] ?? 0);
          way.seconds.push(took > 0 ? took / SECOND : Number.POSITIVE_INFINITY);
        }
      }
    }, 0);
    return [...ways.values()];
  });

function rowOf({ platform, storeId, outletId }: StockChannel, sku: string, now: number): OrderRow {
  const key = { platform, storeId, platformOrderId: `order-${sku}` };
  const at = new Date(now).toISOString();
  return {
    ...key,
    state: 'ok',
    order: {
      ...key,
      ...(outletId === undefined ? {} : { outletId }),
      status: 'received',
      payment: { status: 'paid' },
      fulfilment: { status: 'unpacked', kind: 'delivery', by: 'merchant', parcels: [] },
      platformStatus: { status: 'received' },
      countsAsSale: true,
      currency: 'ARS',
      totals: { goods: 1000, discount: 0, shipping: 0, fees: 0, tax: 0, total: 1000 },
      lines: [{ lineId: '1', sku, name: sku, quantity: 1, unit: 'unit' }],
      placedAt: at,
      updatedAt: at,
      warnings: [],
    },
    changedAt: at,
    observedAt: now,
    version: 1,
    revision: 1,
    origin: { first: { via: 'webhook', at: now }, last: { via: 'webhook', at: now } },
    correlationId: 'bench',
  };
}
