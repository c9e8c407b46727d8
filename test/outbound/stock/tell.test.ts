import { describe, expect, it } from 'vitest';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { EVERYWHERE, withWanted } from '../../../functions/domain/stock/pricing.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { withBase, withLinks, withPricing } from '../../../functions/domain/stock/sku.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import { type Teller, tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { StoreConnection } from '../../../functions/platforms/connection.ts';
import type { Charging, StockPort, Telling, Told } from '../../../functions/platforms/stock.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { createTellingState } from '../../../functions/storage/stock-telling.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const HOUR_MS = 3_600_000;
let shops = 0;

/** A shop of its own, whose platform does what it is told to do. */
function shop(perCall = 3) {
  shops += 1;
  const name = { platform: 'shop', storeId: `s${shops}` };
  const clock = movedClock();
  const channel = {
    ...name,
    sells: ['main'],
    buffer: 0,
    shows: 'number' as const,
    charges: ['price' as const],
  };
  const settings: StockSettings = {
    owner: 'erp',
    baseMeans: 'available',
    settle: { quietSeconds: 10, atMostSeconds: 60 },
    kits: {},
    channels: [channel],
  };
  const stock = createStockStore({ ...tables, rules: settings, clock });
  const calls: Telling[][] = [];
  const shown = new Map<string, unknown>();
  /** What the platform does with the next calls; takes them when there is nothing left. */
  const fates: ((tellings: readonly Telling[]) => Told | PlatformError)[] = [];
  const charged: Charging[][] = [];
  const priceFates: (Told | PlatformError)[] = [];
  const port: StockPort = {
    shows: 'number',
    perCall,
    channels: () => [{}],
    async *tell(_api, _store, tellings) {
      calls.push([...tellings]);
      clock.move(100);
      const fate = fates.shift()?.(tellings) ?? { outcome: 'taken' as const };
      if (fate instanceof PlatformError) throw fate;
      if (fate.outcome === 'taken') for (const { sku, display } of tellings) shown.set(sku, display);
      yield tellings.map((_, index) => [index, fate] as const);
    },
    charges: ['price', 'promotionalPrice'],
    async *charge(_api, _store, chargings) {
      charged.push([...chargings]);
      clock.move(100);
      const fate = priceFates.shift() ?? { outcome: 'taken' as const };
      if (fate instanceof PlatformError) throw fate;
      yield chargings.map((_, index) => [index, fate] as const);
    },
  };
  const lines = keptLog();
  const teller: Teller = {
    name,
    port,
    store: { id: name.storeId, settings: {} },
    connection: {
      check: async () => ({ allowed: true }),
      succeeded: async () => {},
      failed: async () => {},
      api: () => ({}),
      bucket: { take: async (count: number) => ({ granted: count }), observe: async () => {} },
    } as unknown as StoreConnection,
    stock,
    state: createTellingState({ ...tables, ...name }),
    lease: createLease({ ...tables, name: { job: 'stock', ...name }, clock }),
    settings,
    clock,
    metrics: countingMetrics(),
    log: lines,
  };
  const skuOf = (sku: string) => `${name.storeId}-${sku}`;
  const count = async (sku: string, units: number) => {
    const links = [{ productId: `p-${sku}`, variantId: `v-${sku}` }];
    await stock.update(skuOf(sku), (known) => {
      const linked = withLinks(known, catalogueKey(channel), links, settings, clock.now());
      const base = { quantity: units * 1000, asOf: clock.now() };
      return withBase(linked, 'main', base, settings, clock.now()).sku;
    });
    clock.move(1);
  };
  const price = async (sku: string, minor: number) => {
    await stock.update(skuOf(sku), (known) => {
      const prices = { currency: 'ARS', price: minor, cost: 1 };
      const { pricing } = withWanted(known.pricing, EVERYWHERE, { prices, asOf: clock.now() });
      return withPricing(known, pricing, settings, clock.now());
    });
    clock.move(1);
  };
  let runs = 0;
  const tell = (timeLeftMs = 120_000) => {
    runs += 1;
    return tellStore(teller, { id: `run-${runs}`, timeLeftMs: () => timeLeftMs });
  };
  return {
    clock,
    calls,
    charged,
    fates,
    priceFates,
    shown,
    stock,
    teller,
    count,
    price,
    tell,
    skuOf,
    log: lines,
  };
}

const error = (details: Partial<ConstructorParameters<typeof PlatformError>[0]>) =>
  new PlatformError({ platform: 'shop', operation: 'stock', kind: 'retry-later', ...details });

describe('telling a store', () => {
  it('sends what each SKU should show in as few calls as it takes, and then nothing', async () => {
    const { count, tell, calls, shown, skuOf } = shop();
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);

    const next = [await tell(), await tell()];

    expect(calls.map((call) => call.length)).toEqual([3, 1]);
    expect(shown.get(skuOf('d'))).toEqual({ units: 5 });
    expect(next).toEqual([undefined, undefined]);
  });

  it('sends what is so when the call begins, and only the last of several values', async () => {
    const { count, tell, calls, clock, skuOf } = shop();
    await count('a', 5);
    await tell();
    await count('a', 6);
    await count('a', 7);

    const next = await tell();
    clock.move(11_000);
    await tell();

    expect(next).toBeGreaterThan(clock.now() - 11_000);
    expect(calls.at(-1)).toMatchObject([{ sku: skuOf('a'), display: { units: 7 } }]);
    expect(calls).toHaveLength(2);
  });

  it('makes a call that was too much smaller, and never the same again', async () => {
    const { count, tell, calls, fates } = shop(4);
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);
    fates.push(() => error({ throttled: true, status: 429, retryAfterMs: 7000 }));

    const next = await tell();
    await tell();

    expect(next).toBeDefined();
    expect(calls.map((call) => call.length)).toEqual([4, 2, 2]);
  });

  it('keeps its size where our own limit had no slot for it', async () => {
    const { count, tell, calls, fates } = shop(4);
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);
    fates.push(() => error({ throttled: true }));

    await tell();
    await tell();

    expect(calls.map((call) => call.length)).toEqual([4, 4]);
  });

  it('tells again what a call may or may not have told', async () => {
    const { count, tell, calls, fates, clock, stock, skuOf } = shop();
    await count('a', 5);
    await tell();
    await count('a', 4);
    fates.push(() => error({ outcomeUnknown: true }));

    await tell();
    const unsure = (await stock.get(skuOf('a')))?.shown;
    // Even where it should show again what it showed before.
    await count('a', 5);
    clock.move(61_000);
    await tell();

    expect(Object.values(unsure ?? {})).toMatchObject([{ unsure: true }]);
    expect(calls.at(-1)).toMatchObject([{ display: { units: 5 } }]);
    expect(Object.values((await stock.get(skuOf('a')))?.marks ?? {})).toEqual([]);
  });

  it('tells again all that a run named that was killed in its call', async () => {
    const { count, tell, calls, fates, clock, log } = shop();
    await count('a', 5);
    fates.push(() => {
      throw new TypeError('killed');
    });
    await expect(tell()).rejects.toThrow('killed');

    clock.move(HOUR_MS);
    await tell();

    expect(calls).toHaveLength(2);
    expect(log.lines.map(({ message }) => message).join()).toContain('cut off');
  });

  it('leaves what a platform refuses for an hour, shows why, and tries again', async () => {
    const { count, tell, calls, fates, clock, stock, skuOf } = shop();
    await count('a', 5);
    fates.push(() => ({ outcome: 'refused', reason: 'The variant is gone.' }));

    await tell();
    await tell();
    const rejected = (await stock.get(skuOf('a')))?.rejected;
    clock.move(HOUR_MS);
    await tell();

    expect(Object.values(rejected ?? {})).toMatchObject([{ reason: 'The variant is gone.' }]);
    expect(calls).toHaveLength(2);
    expect((await stock.get(skuOf('a')))?.rejected).toEqual({});
  });

  it('is one run’s work at a time, or a value could overtake a later one', async () => {
    const { count, tell, calls, teller, fates } = shop();
    await count('a', 5);
    let second: unknown = 'never ran';
    const { port } = teller;
    const slow: StockPort = {
      ...port,
      async *tell(...given) {
        second = await tellStore({ ...teller, port }, { id: 'other', timeLeftMs: () => 120_000 });
        yield* port.tell(...given);
      },
    };
    fates.length = 0;

    await tellStore({ ...teller, port: slow }, { id: 'first', timeLeftMs: () => 120_000 });
    await tell();

    expect(second).toBeGreaterThan(0);
    expect(calls).toHaveLength(1);
  });
});

describe('prices', () => {
  it('go after the stock, many in one call, only the last of several, and what the platform can be told', async () => {
    const { count, price, tell, calls, charged, skuOf } = shop();
    for (const sku of ['a', 'b']) await count(sku, 5);
    await price('a', 900);
    await price('a', 1000);
    await price('b', 2000);

    const next = [await tell(), await tell()];

    expect(calls).toHaveLength(1);
    expect(charged).toMatchObject([
      [
        { sku: skuOf('a'), prices: { currency: 'ARS', price: 1000 } },
        { sku: skuOf('b'), prices: { currency: 'ARS', price: 2000 } },
      ],
    ]);
    expect(charged[0]?.[0]?.prices).not.toHaveProperty('cost');
    expect(next).toEqual([undefined, undefined]);
  });

  it('that are refused keep no stock back, are left for an hour, and are tried again', async () => {
    const { count, price, tell, calls, charged, priceFates, clock, stock, skuOf } = shop();
    await count('a', 5);
    await price('a', 1000);
    priceFates.push({ outcome: 'refused', reason: 'Lower than the promotion.' });
    await tell();
    const refused = (await stock.get(skuOf('a')))?.pricing?.rejected;

    await count('a', 3);
    await tell();
    const meanwhile = charged.length;
    clock.move(HOUR_MS);
    await tell();

    expect(Object.values(refused ?? {})).toMatchObject([{ reason: 'Lower than the promotion.' }]);
    expect([calls.length, meanwhile, charged.length]).toEqual([2, 1, 2]);
    expect((await stock.get(skuOf('a')))?.pricing?.rejected).toEqual({});
  });

  it('are told again where nobody knows whether they were taken, also as they were before', async () => {
    const { count, price, tell, charged, priceFates, clock } = shop();
    await count('a', 5);
    await price('a', 1000);
    await tell();
    await price('a', 1200);
    priceFates.push(error({ outcomeUnknown: true }));
    await tell();
    await price('a', 1000);

    clock.move(60_000);
    await tell();

    expect(charged.map(([one]) => one?.prices.price)).toEqual([1000, 1200, 1000]);
  });
});
