import { createLoop, type Loop } from '../../../chaos/time/loop.ts';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import type { Product } from '../../../functions/domain/product.ts';
import { channelKey, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withMove } from '../../../functions/domain/stock/mastered.ts';
import { type Move, made, notMade } from '../../../functions/domain/stock/move.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { withLinks } from '../../../functions/domain/stock/sku.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import { followRow } from '../../../functions/outbound/stock/follow-order.ts';
import { followProduct } from '../../../functions/outbound/stock/follow-product.ts';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { Teller } from '../../../functions/outbound/stock/teller.ts';
import type { StoreConnection } from '../../../functions/platforms/connection.ts';
import type { StockPort } from '../../../functions/platforms/stock.ts';
import { dice } from '../../domain/stock/agenda.ts';
import { fetched, nameOf, type ShopOrder, ShopWindow } from '../../domain/stock/world-shops.ts';
import { productRowOf } from '../../storage/samples.ts';
import { countingMetrics, keptLog } from '../../support/fakes.ts';
import { MemoryStock, memoryClaims, memoryLease, memoryTelling } from './memory-stock.ts';

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const START = Date.parse('2026-11-22T12:00:00.000Z');
/** A function may run for so long. */
const RUN_MS = 120 * SECOND;

const sells = ['main'];
/** A shop that counts the goods, one that shows a number of its own, and an app that knows on and off. */
const CHANNELS: readonly StockChannel[] = [
  { platform: 'web', storeId: 's', sells, buffer: 0, shows: 'number', isMaster: true },
  { platform: 'mall', storeId: 's', sells, buffer: 2, shows: 'number' },
  { platform: 'app', storeId: 's', sells, buffer: 3, most: 5, shows: 'on-off' },
];
const SETTINGS: StockSettings = {
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: CHANNELS,
};

export interface MasteredOptions {
  readonly seed: number;
  readonly sales: number;
  readonly skus: number;
  readonly hours: number;
  /** Calls fail, answers get lost, functions die. */
  readonly faults: boolean;
}

/** A merchant without a system of its own: one shop counts, and everything goes wrong around it that can. */
export class MasteredWorld {
  readonly loop: Loop = createLoop(START);
  readonly stock: MemoryStock;
  readonly orders: ShopOrder[] = [];
  readonly windows = new Map(CHANNELS.map((channel) => [channelKey(channel), new ShopWindow(channel)]));
  readonly counts = { elsewhere: 0, deaths: 0, lost: 0, doubts: 0, absolute: 0 };
  /** By SKU: what the changes that we asked for really did to the number of the shop that counts. */
  readonly moved = new Map<string, number>();
  /** Orders of the shop that take as many as a change that was not made, and whose answer is lost. */
  readonly alike = new Set<ShopOrder>();
  /** The history of the panel: the changes that we asked for and that were made. */
  private readonly history: { sku: string; by: number; at: number }[] = [];
  private readonly options: MasteredOptions;
  private readonly random: () => number;
  private readonly rows = new Map<string, OrderRow>();
  private readonly claims = memoryClaims();
  private readonly tellers: ReadonlyMap<string, Teller>;
  /** When messages that name a store come. */
  private readonly named = new Map<string, number[]>();
  private readonly changes = new Map<string, number>();
  private products = 0;

  constructor(options: MasteredOptions) {
    this.options = options;
    this.random = dice(options.seed);
    this.stock = new MemoryStock({
      rules: SETTINGS,
      clock: this.loop,
      onDue: ({ platform }, dueAt) => this.wake(platform, dueAt),
    });
    this.tellers = new Map(CHANNELS.map((channel) => [channel.platform, this.tellerOf(channel)]));
    for (let n = 0; n < options.skus; n += 1) void this.open(`sku-${n}`);
    for (let n = 0; n < options.sales; n += 1)
      this.after(MINUTE + this.random() * options.hours * HOUR, () => this.somethingHappens());
  }

  private after(ms: number, work: () => void): void {
    this.loop.setTimeout(work, ms);
  }
  private between(from: number, to: number): number {
    return from + this.random() * (to - from);
  }
  private chance(share: number): boolean {
    return this.random() < share;
  }
  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }
  private fails(share: number): boolean {
    return this.options.faults && this.chance(share);
  }
  private window(platform: string): ShopWindow {
    return this.windows.get(`${platform}#s##`)!;
  }
  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  private async open(sku: string): Promise<void> {
    const now = this.loop.now();
    await this.stock.update(sku, (known) =>
      CHANNELS.reduce(
        (before, channel) =>
          withLinks(before, catalogueKey(channel), [{ productId: sku, variantId: 'v0' }], SETTINGS, now),
        known,
      ),
    );
    this.window('web').shown.set(sku, { units: Math.floor(this.between(5, 60)) });
    await this.mirror(sku);
  }

  // What happens outside

  private somethingHappens(): void {
    const what = this.random();
    if (what < 0.7 || this.orders.length < 10) this.sell();
    else if (what < 0.95) this.change(this.pick(this.orders.slice(-200)));
    else this.count(this.pick([...this.stock.all.keys()]), this.pick([-7, 5, 20]));
  }

  private sell(): void {
    const window = this.pick([...this.windows.values()]);
    const { channel } = window;
    const lines = Array.from({ length: this.chance(0.3) ? 2 : 1 }, (_, n) => ({
      lineId: `l${n}`,
      sku: this.pick([...this.stock.all.keys()]),
      quantity: this.chance(0.2) ? 2 : 1,
    }));
    // Two buyers pay at the same moment now and then, and the platform sells what it does not have.
    if (!lines.every(({ sku, quantity }) => window.lets(sku, quantity)) && !this.chance(0.05)) return;
    this.place(channel, lines, this.fails(0.05));
  }

  /** @param isLate nothing tells of the order: the next comparison finds it */
  private place(channel: StockChannel, lines: ShopOrder['lines'], isLate: boolean): void {
    const order: ShopOrder = {
      id: `o${this.orders.length}`,
      channel,
      lines,
      skus: new Set(lines.map(({ sku }) => sku)),
      status: 'received',
      gone: false,
      placedAt: this.loop.now(),
      changedAt: this.loop.now(),
    };
    this.orders.push(order);
    if (channel.platform !== 'web') this.counts.elsewhere += 1;
    for (const { sku, quantity } of lines) this.count(sku, -quantity, channel.platform);
    this.changed(order, isLate);
  }

  private change(order: ShopOrder): void {
    const { platform } = order.channel;
    const [line] = order.lines;
    const what = this.random();
    if (order.status !== 'received' || line === undefined) return;
    order.changedAt = this.loop.now();
    if (what < 0.5) {
      order.status = 'cancelled';
      for (const { sku, quantity } of order.lines) this.count(sku, quantity, platform);
    } else if (what < 0.8) {
      const quantity = this.pick(this.isUnheardAlike(order) ? [1, 2, 3] : [0, 1, 2, 3]);
      this.count(line.sku, line.quantity - quantity, platform);
      if (quantity === 0) order.lines = order.lines.filter((one) => one !== line);
      else line.quantity = quantity;
    } else {
      order.status = 'dispatched';
      order.gone = true;
    }
    this.changed(order);
  }

  /** A platform's own number changes: it sold some, or somebody counted. */
  private count(sku: string, by: number, platform = 'web'): void {
    this.window(platform).add(sku, by);
    if (platform !== 'web') return;
    // A platform says so in whole seconds.
    this.changes.set(sku, SECOND * Math.floor(this.loop.now() / SECOND));
    this.tellOfProduct(sku);
  }

  /** Webhooks get lost now and then; the next comparison finds what they told. */
  private tellOfProduct(sku: string): void {
    const delay = this.fails(0.05) ? this.between(5 * MINUTE, 30 * MINUTE) : this.between(200, 10 * SECOND);
    this.after(delay, () => void this.mirror(sku));
  }

  private changed(order: ShopOrder, isLate = this.fails(0.05)): void {
    const delay = isLate ? this.between(5 * MINUTE, 30 * MINUTE) : this.between(200, 20 * SECOND);
    this.after(delay, () => void this.fetch(order));
    if (this.chance(0.2)) this.after(delay + this.random() * HOUR, () => void this.fetch(order));
  }

  // From the platforms into the table, and through its stream

  private async fetch(order: ShopOrder): Promise<void> {
    const name = nameOf(order);
    this.rows.set(name, fetched(order, this.rows.get(name), this.loop.now()));
    await this.sleep(this.between(50, 3 * SECOND));
    const { stock, claims } = this;
    const follower = {
      orders: { get: async () => this.rows.get(name) },
      claims,
      stock: this.fails(0.02) ? { update: () => this.death() } : stock,
      settings: SETTINGS,
      clock: this.clock,
    };
    const key = { platform: order.channel.platform, storeId: 's', platformOrderId: order.id };
    if (follower.stock !== stock) this.after(MINUTE, () => void this.fetch(order));
    await followRow(follower, key);
  }

  /** The mirror asks for a product of the shop that counts, and hears of it some time later. */
  private async mirror(sku: string): Promise<void> {
    const display = this.window('web').shown.get(sku)!;
    const observedAt = this.loop.now();
    const units = 'units' in display ? display.units : null;
    this.products += 1;
    const key = { platform: 'web', storeId: 's', platformProductId: sku };
    const variant = {
      platformVariantId: 'v0',
      sku,
      stock: { kind: 'counted', quantity: units ?? 0 },
    } as const;
    const product: Product = { ...key, status: 'active', warnings: [], variants: [variant] };
    const row = productRowOf(sku, { ...key, observedAt, version: this.products, product });
    await this.sleep(this.between(50, 3 * SECOND));
    const skus = { get: async () => ({ skus: [sku], version: 1 }), put: async () => {} };
    const products = { get: async () => row };
    await followProduct({ products, skus, stock: this.stock, settings: SETTINGS, clock: this.clock }, row);
  }

  private get clock() {
    return { now: this.loop.now, sleep: (ms: number) => this.sleep(ms) };
  }

  // Who tells the platforms

  /** A function that dies never answers, and whatever it would have done then is not done. */
  private death(): Promise<never> {
    this.counts.deaths += 1;
    return new Promise(() => {});
  }

  /** Whoever has something to tell names its store, unless a message comes as early. */
  private wake(platform: string, dueAt: number): void {
    const at = Math.max(dueAt, this.loop.now());
    if (!(this.named.get(platform) ?? []).some((known) => known <= at)) this.name(platform, at);
  }

  private name(platform: string, at: number): void {
    const named = this.named.get(platform) ?? [];
    this.named.set(platform, [...named, at]);
    this.loop.at(at, () => {
      const left = this.named.get(platform) ?? [];
      this.named.set(platform, left.toSpliced(left.indexOf(at), 1));
      void this.run(platform);
    });
  }

  private async run(platform: string): Promise<void> {
    const teller = this.tellers.get(platform)!;
    const endsAt = this.loop.now() + RUN_MS;
    const dead = { is: false };
    const alive =
      <A extends unknown[], T>(work: (...given: A) => Promise<T>) =>
      async (...given: A): Promise<T> => {
        if (dead.is || this.fails(0.004)) return this.dies(dead);
        const answer = await work(...given);
        return dead.is || this.fails(0.004) ? this.dies(dead) : answer;
      };
    const { stock, state, lease, port } = teller;
    const { counting } = port;
    const mortal: Teller = {
      ...teller,
      stock: {
        get: alive((sku) => stock.get(sku)),
        read: alive((sku) => stock.read(sku)),
        update: alive((sku, change, line) => stock.update(sku, change, line)),
        toTell: alive((store, limit, after) => stock.toTell(store, limit, after)),
        nextToTell: alive((store) => stock.nextToTell(store)),
        count: alive(() => stock.count()),
      },
      state: { get: alive(state.get), put: alive(state.put) },
      lease: { acquire: alive(lease.acquire), release: alive(lease.release) },
      port:
        counting === undefined
          ? port
          : { ...port, counting: { count: alive(counting.count), change: alive(counting.change) } },
    };
    // The sweep names a store again whose run died.
    const sweep = this.loop.setTimeout(() => this.wake(platform, this.loop.now()), RUN_MS + MINUTE);
    const id = `${platform}-${this.loop.now()}`;
    const next = await tellStore(mortal, { id, timeLeftMs: () => endsAt - this.loop.now() });
    sweep();
    if (next !== undefined)
      this.name(platform, Math.max(this.loop.now(), Math.min(next, this.loop.now() + 15 * MINUTE)));
  }

  private dies(dead: { is: boolean }): Promise<never> {
    if (!dead.is) this.counts.deaths += 1;
    dead.is = true;
    return new Promise(() => {});
  }

  private tellerOf(channel: StockChannel): Teller {
    const { platform, storeId } = channel;
    return {
      name: { platform, storeId },
      port: channel.isMaster ? this.countingPort() : this.showingPort(channel),
      store: { id: storeId, settings: {} },
      connection: {
        check: async () => ({ allowed: true }),
        succeeded: async () => {},
        failed: async () => {},
        api: () => ({}),
      } as unknown as StoreConnection,
      stock: this.stock,
      state: memoryTelling(),
      lease: memoryLease(this.loop),
      settings: SETTINGS,
      clock: this.clock,
      metrics: countingMetrics(),
      log: keptLog(),
    };
  }

  private error(details: Partial<ConstructorParameters<typeof PlatformError>[0]>): PlatformError {
    return new PlatformError({ platform: 'web', operation: 'stock', kind: 'retry-later', ...details });
  }

  private showingPort({ platform, shows }: StockChannel): StockPort {
    const window = this.window(platform);
    return {
      shows,
      perCall: 50,
      channels: () => [{}],
      charges: [],
      async *charge() {},
      tell: async function* (
        this: MasteredWorld,
        _: unknown,
        __: unknown,
        tellings: Parameters<StockPort['tell']>[2],
      ) {
        await this.sleep(this.between(100, 2 * SECOND));
        if (this.fails(0.02)) throw this.error({ throttled: true, status: 429 });
        for (const { sku, display } of tellings) window.shown.set(sku, display);
        await this.sleep(this.between(100, 2 * SECOND));
        if (this.fails(0.02)) throw this.error({ outcomeUnknown: true });
        yield tellings.map((_, index) => [index, { outcome: 'taken' }] as const);
      }.bind(this),
    };
  }

  private countingPort(): StockPort {
    const window = this.window('web');
    const unitsOf = (sku: string) => {
      const display = window.shown.get(sku)!;
      return 'units' in display ? (display.units ?? 0) : 0;
    };
    return {
      ...this.showingPort(CHANNELS[0]!),
      tell: () => {
        this.counts.absolute += 1;
        throw new Error('a number was told to the platform that counts');
      },
      counting: {
        count: async (_api, _store, { sku }) => {
          await this.sleep(this.between(50, SECOND));
          const seen = { units: unitsOf(sku), changedAt: this.changes.get(sku) ?? START };
          await this.sleep(this.between(50, SECOND));
          if (this.fails(0.02)) throw this.error({ status: 503 });
          return seen;
        },
        change: async (_api, _store, { sku }, by) => {
          await this.sleep(this.between(50, SECOND));
          if (this.fails(0.03)) throw this.error({ throttled: true, status: 429, retryAfterMs: 2000 });
          if (this.fails(0.05)) {
            if (by < 0 && this.fails(0.2)) this.sellAsMany(sku, -by);
            throw this.lost();
          }
          const before = unitsOf(sku);
          this.count(sku, by);
          this.history.push({ sku, by, at: this.loop.now() });
          this.moved.set(sku, (this.moved.get(sku) ?? 0) + unitsOf(sku) - before);
          await this.sleep(this.between(50, SECOND));
          if (this.fails(0.05)) throw this.lost();
        },
      },
    };
  }

  /** What is not made looks made: the shop sells just as many itself, and mostly nobody hears of it for a while. */
  private sellAsMany(sku: string, quantity: number): void {
    this.place(CHANNELS[0]!, [{ lineId: 'l0', sku, quantity }], this.fails(0.7));
    this.alike.add(this.orders.at(-1)!);
  }

  /** A line that leaves such an order before it is heard of is like a hand in the panel: no order ever tells of it. */
  private isUnheardAlike(order: ShopOrder): boolean {
    return this.alike.has(order) && !this.rows.has(nameOf(order));
  }

  private lost(): PlatformError {
    this.counts.lost += 1;
    return this.error({ outcomeUnknown: true });
  }

  // The end, and what is true

  /** Lets everything come to its end; a person says of what is in doubt whether it happened, as the panel shows it. */
  async settle(): Promise<void> {
    const until = START + this.options.hours * HOUR + 2 * HOUR;
    await this.loop.run({ until });
    for (const order of this.orders) void this.fetch(order);
    for (const sku of this.stock.all.keys()) void this.mirror(sku);
    await this.loop.run({ until: until + HOUR });
    // The answer of a change that is made again may be lost too.
    let end = until + HOUR;
    for (let asked = 0; asked < 5 && this.doubts().length > 0; asked += 1) {
      for (const sku of new Set(this.doubts())) await this.askPerson(sku);
      end += HOUR;
      await this.loop.run({ until: end });
    }
    for (const sku of this.stock.all.keys()) void this.mirror(sku);
    await this.loop.run({ until: end + HOUR });
  }

  /** SKUs of which a person has to say something. */
  private doubts(): string[] {
    return [...this.stock.all.keys()].filter((sku) =>
      this.openMoves(sku).some(([, { state }]) => state === 'in-doubt'),
    );
  }

  /** The panel's history shows of each change whether it was made: one SKU has one call at a time. */
  private async askPerson(sku: string): Promise<void> {
    const doubts = Object.entries((await this.stock.read(sku)).moves).filter(
      ([, move]) => move.state === 'in-doubt',
    );
    for (const [key, move] of doubts) {
      this.counts.doubts += 1;
      const { at = 0, change } = move.call ?? {};
      const isMade = this.history.some(
        (one) => one.sku === sku && one.by === change && one.at >= at && one.at < at + MINUTE,
      );
      await this.stock.update(sku, (known) => {
        const next = known.moves[key]!;
        return withMove(known, isMade ? made(next, undefined) : notMade(next), SETTINGS, this.loop.now());
      });
    }
  }

  /** What was changed at the platform and stands with no line, or the other way round. */
  private unexplained(sku: string): number {
    const open = this.openMoves(sku).map(([, move]) => move);
    const taken = [...this.stock.taken(sku), ...open].reduce((sum, move) => sum + move.taken, 0);
    return (this.moved.get(sku) ?? 0) + taken;
  }

  private openMoves(sku: string): [string, Move][] {
    const { moves } = this.stock.all.get(sku)!;
    return Object.entries(moves).filter(([, { state }]) => state !== 'applied');
  }

  /** Lines and SKUs that are not as they should be. */
  wrong(): string[] {
    const web = this.window('web');
    return [...this.stock.all].flatMap(([sku, { bases }]) => {
      const display = web.shown.get(sku)!;
      const units = 'units' in display ? (display.units ?? 0) : 0;
      const mall = this.window('mall').shown.get(sku);
      const app = this.window('app').shown.get(sku);
      const may = Math.max(0, units - 3);
      return [
        ...this.openMoves(sku).map(([key, { state }]) => `${sku}: ${key} is still ${state}`),
        ...(bases.main?.quantity === units * 1000
          ? []
          : [`${sku}: we think of ${bases.main?.quantity}, not ${units}`]),
        ...(this.unexplained(sku) === 0
          ? []
          : [`${sku}: ${this.unexplained(sku)} too many or too few were taken`]),
        ...(JSON.stringify(mall) === JSON.stringify({ units: Math.max(0, units - 2) })
          ? []
          : [`${sku}: the mall shows ${JSON.stringify(mall)} of ${units}`]),
        ...(app !== undefined &&
        'on' in app &&
        app.on === may > 0 &&
        (app.most ?? 0) === (may > 0 ? Math.min(may, 5) : 0)
          ? []
          : [`${sku}: the app shows ${JSON.stringify(app)} of ${units}`]),
        ...this.wrongLines(sku),
      ];
    });
  }

  /** Each line that was sold elsewhere has taken what it is now, or less where there was less; the shop's own none. */
  private wrongLines(sku: string): string[] {
    const taken = new Map(this.stock.taken(sku).map((move) => [`${move.order}#${move.line}`, move]));
    const wanted = new Map<string, number>();
    for (const order of this.orders) {
      if (order.channel.platform === 'web') continue;
      for (const line of order.lines) {
        if (line.sku !== sku) continue;
        const isOpen = order.status !== 'cancelled' || order.gone;
        wanted.set(`${nameOf(order)}#${line.lineId}|${sku}`, isOpen ? line.quantity : 0);
      }
    }
    return [...new Set([...taken.keys(), ...wanted.keys()])].flatMap((key) => {
      const [is, should] = [taken.get(key), wanted.get(key) ?? 0];
      const isRight =
        (is?.wanted ?? 0) === should && (is?.settled ?? 0) === should && (is?.taken ?? 0) <= should;
      return isRight && !key.startsWith('web:') ? [] : [`${sku}: ${key} took ${is?.taken} of ${should}`];
    });
  }
}
