import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { EVERYWHERE, withWanted } from '../../../functions/domain/stock/pricing.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { withBase, withLinks, withPricing } from '../../../functions/domain/stock/sku.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { Teller } from '../../../functions/outbound/stock/teller.ts';
import type { StoreConnection } from '../../../functions/platforms/connection.ts';
import type { Charging, StockPort, Telling, Told } from '../../../functions/platforms/stock.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { createTellingState } from '../../../functions/storage/stock-telling.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';

let shops = 0;

/**
 * A shop of its own, whose platform does what it is told to do.
 *
 * @param outlets a channel for each; without any there is one
 */
export function tellerShop(tables: LocalTables, perCall = 3, outlets: readonly string[] = []) {
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
    channels: outlets.length === 0 ? [channel] : outlets.map((outletId) => ({ ...channel, outletId })),
  };
  const stock = createStockStore({ ...tables, rules: settings, clock });
  const calls: Telling[][] = [];
  const shown = new Map<string, unknown>();
  /**
   * Outlets that the platform cannot be told of, once it took all others: `outlet`, or `sku in outlet` where one SKU is what it
   * stumbles over.
   */
  const failing = new Set<string>();
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
      const untold = new Set(
        tellings.flatMap(({ sku, outletId = '' }) =>
          failing.has(outletId) || failing.has(`${sku} in ${outletId}`) ? [outletId] : [],
        ),
      );
      for (const [index, { sku, display, outletId = '' }] of tellings.entries()) {
        if (untold.has(outletId)) continue;
        if (fate.outcome === 'taken') shown.set(outletId === '' ? sku : `${sku} in ${outletId}`, display);
        yield [[index, fate] as const];
      }
      if (untold.size > 0) throw platformError({ status: 503 });
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
  /** By which answers the circuit was opened. */
  const trips: unknown[] = [];
  const lines = keptLog();
  const metrics = countingMetrics();
  const teller: Teller = {
    name,
    port,
    store: { id: name.storeId, settings: {} },
    connection: {
      check: async () => ({ allowed: true }),
      succeeded: async () => {},
      failed: async (failure: PlatformError) => {
        if (failure.kind === 'auth-failed') trips.push(failure.status);
      },
      api: () => ({}),
      bucket: { take: async (count: number) => ({ granted: count }), observe: async () => {} },
    } as unknown as StoreConnection,
    stock,
    state: createTellingState({ ...tables, ...name }),
    lease: createLease({ ...tables, name: { job: 'stock', ...name }, clock }),
    settings,
    clock,
    metrics,
    log: lines,
  };
  const skuOf = (sku: string) => `${name.storeId}-${sku}`;
  const count = async (sku: string, units: number) => {
    const links = [{ productId: `p-${sku}`, variantId: `v-${sku}` }];
    await stock.update(skuOf(sku), (known) => {
      const linked = settings.channels.reduce(
        (sku, one) => withLinks(sku, catalogueKey(one), links, settings, clock.now()),
        known,
      );
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
    failing,
    stock,
    teller,
    count,
    price,
    tell,
    skuOf,
    log: lines,
    metrics,
    trips,
  };
}

export const platformError = (details: Partial<ConstructorParameters<typeof PlatformError>[0]>) =>
  new PlatformError({ platform: 'shop', operation: 'stock', kind: 'retry-later', ...details });
