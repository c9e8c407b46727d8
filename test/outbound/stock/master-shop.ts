import { channelKey, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withCounted, withOwnSale, withSoldElsewhere } from '../../../functions/domain/stock/mastered.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { claimKey, withLinks } from '../../../functions/domain/stock/sku.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import { LEASE_MS, tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { Teller } from '../../../functions/outbound/stock/teller.ts';
import type { StoreConnection } from '../../../functions/platforms/connection.ts';
import type { StockPort } from '../../../functions/platforms/stock.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { createTellingState } from '../../../functions/storage/stock-telling.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';

let shops = 0;

/** What a client makes of an answer that is none that is documented. */
export const answeredOddly = () =>
  new PlatformError({
    platform: 'shop',
    operation: 'stock',
    kind: 'invalid-response',
    status: 200,
    outcomeUnknown: true,
    said: 'Invented Person, 099 123 456',
  });

/** Thrown where a function dies: whoever catches it has not died. */
export class Killed extends Error {}

/** A shop of its own that counts the goods, and an app that sells them too. */
export function masterShop(tables: LocalTables, units: number | null = 10) {
  shops += 1;
  const name = { platform: 'shop', storeId: `m${shops}` };
  const clock = movedClock();
  const master: StockChannel = { ...name, sells: ['main'], buffer: 0, shows: 'number', isMaster: true };
  const app: StockChannel = {
    platform: 'app',
    storeId: name.storeId,
    sells: ['main'],
    buffer: 0,
    shows: 'number',
  };
  const settings: StockSettings = {
    owner: 'erp',
    baseMeans: 'available',
    settle: { quietSeconds: 10, atMostSeconds: 60 },
    kits: {},
    channels: [master, app],
  };
  const sku = `A-${name.storeId}`;
  const stock = createStockStore({ ...tables, rules: settings, clock });
  const platform = { units, changedAt: clock.now() };
  const calls: string[] = [];
  /** SKUs of which the platform tells its number in a form that nobody knows. */
  const odd = new Set<string>();
  /** SKUs that the platform stumbles over. */
  const failing = new Set<string>();
  /** What the platform does with the next changes; makes them when there is nothing left. */
  const fates: ((make: () => void) => PlatformError | undefined)[] = [];
  const add = (by: number) => {
    if (platform.units === null) return;
    platform.units = Math.max(0, platform.units + by);
    platform.changedAt = clock.now();
  };
  const port: StockPort = {
    shows: 'number',
    perCall: 50,
    channels: () => [{}],
    charges: [],
    async *charge() {},
    async *tell() {
      calls.push('tell');
      yield [];
    },
    counting: {
      async count(_api, _store, of) {
        calls.push('count');
        clock.move(10);
        if (odd.has(of.sku)) throw answeredOddly();
        if (failing.has(of.sku))
          throw new PlatformError({
            platform: 'shop',
            operation: 'stock',
            kind: 'retry-later',
            status: 500,
            outcomeUnknown: true,
          });
        return { units: platform.units, changedAt: platform.changedAt };
      },
      async change(_api, _store, _of, by) {
        calls.push(`change ${by}`);
        clock.move(10);
        const fate = fates.shift();
        const failure = fate?.(() => add(by));
        if (failure !== undefined) throw failure;
        if (fate === undefined) add(by);
      },
    },
  };
  const log = keptLog();
  const metrics = countingMetrics();
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
    metrics,
    log,
  };
  /** What the mirror saw of the product. */
  const mirror = (seen: number | null, of = sku) =>
    stock.update(of, (known) => {
      const linked = [master, app].reduce(
        (before, channel) =>
          withLinks(
            before,
            catalogueKey(channel),
            [{ productId: 'p', variantId: 'v' }],
            settings,
            clock.now(),
          ),
        known,
      );
      return withCounted(linked, 'main', { units: seen }, clock.now(), settings, clock.now());
    });
  const claimOf = (order: string, quantity: number, version: number) => ({
    order,
    line: 'l|A',
    places: ['main'],
    history: [{ version, taken: quantity * 1000, gone: 0, since: clock.now() }],
    bookings: [],
  });
  /** A line of an order of the app takes so many now. */
  const sellElsewhere = (order: string, quantity: number, version = 1, of = sku) => {
    const claim = claimOf(order, quantity, version);
    const sale = { platform: 'app', storeId: name.storeId, placedAt: clock.now(), before: undefined };
    return stock.update(
      of,
      (known) => withSoldElsewhere(known, claim, sale, settings, clock.now()),
      claimKey(claim),
    );
  };
  /** The shop sells so many itself; its order comes to us with the answer. */
  const sellHereUnheard = (quantity: number) => {
    add(-quantity);
    const at = { from: clock.now(), to: clock.now() };
    return () => stock.update(sku, (known) => withOwnSale(known, ['main'], at, settings, clock.now()));
  };
  /** The shop sells so many itself, and its order comes to us. */
  const sellHere = (quantity: number) => sellHereUnheard(quantity)();
  let runs = 0;
  const tell = (by: Teller = teller) => {
    runs += 1;
    return tellStore(by, { id: `run-${runs}`, timeLeftMs: () => 120_000 });
  };
  return {
    sku,
    clock,
    calls,
    fates,
    odd,
    failing,
    platform,
    stock,
    teller,
    log,
    metrics,
    mirror,
    sellElsewhere,
    sellHere,
    sellHereUnheard,
    tell,
    /** What was really taken for an order's line, and how that stands. */
    async moveOf(order: string, of = sku) {
      let found: unknown;
      await stock.update(
        of,
        (known) => {
          found = known.moves[`${order}#l|A`];
          return known;
        },
        `${order}#l|A`,
      );
      return found;
    },
    /** What the other channel may show. */
    async claimed() {
      return (await stock.get(sku))?.claimed ?? {};
    },
    app: channelKey(app),
    /** Everybody who had the store is gone, and what they left is to be looked at. */
    later: () => clock.move(LEASE_MS + 60_000),
  };
}

/** The teller, whose function dies at one of its awaits, before or after that did its work. Counts how many there are. */
export function mortal(teller: Teller, dies: { at: number; after: boolean } | undefined) {
  const seen = { awaits: 0 };
  const guarded =
    <A extends unknown[], T>(work: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      seen.awaits += 1;
      const isNow = dies !== undefined && seen.awaits >= dies.at;
      if (isNow && (!dies.after || seen.awaits > dies.at)) throw new Killed();
      const answer = await work(...given);
      if (isNow) throw new Killed();
      return answer;
    };
  const { stock, state, lease, port } = teller;
  const counting = port.counting!;
  const mortalTeller: Teller = {
    ...teller,
    stock: {
      ...stock,
      get: guarded(stock.get),
      read: guarded(stock.read),
      update: guarded(stock.update),
      toTell: guarded(stock.toTell),
      nextToTell: guarded(stock.nextToTell),
    },
    state: { get: guarded(state.get), put: guarded(state.put) },
    lease: { acquire: guarded(lease.acquire), release: guarded(lease.release) },
    port: {
      ...port,
      counting: { count: guarded(counting.count), change: guarded(counting.change) },
    },
  };
  return { teller: mortalTeller, seen };
}
