import { acknowledgedNow } from '../../../functions/domain/acknowledgement.ts';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { channelKey } from '../../../functions/domain/stock/channel.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import {
  changedClaims,
  followOrder,
  type OrderClaims,
} from '../../../functions/domain/stock/order-claims.ts';
import { withClaim } from '../../../functions/domain/stock/sale.ts';
import { NOTHING_KNOWN, type StockRules, withBase, withLinks } from '../../../functions/domain/stock/sku.ts';
import { Agenda, dice } from './agenda.ts';
import { Erp, type ErpOptions } from './world-erp.ts';
import { WorldMeter } from './world-meter.ts';
import { CHANNELS, fetched, nameOf, PLACES, type ShopOrder, ShopWindow } from './world-shops.ts';
import { WorldStock } from './world-stock.ts';
import { placesOf, WorldTruth } from './world-truth.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly sales: number;
  readonly skus: number;
  readonly hours: number;
  readonly erp: ErpOptions;
  readonly untilHours?: number;
  /** Webhooks and records of the stream come again, now and much later. */
  readonly repeats: boolean;
  /** Nobody is the master: what the shops show is what somebody typed into their panels. */
  readonly told?: false;
}

const START = Date.parse('2026-11-22T12:00:00.000Z');
const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
/** Longest way from a write of a row to the tracker (ms). */
export const STREAM_LAG_MS = 3 * SECOND;

/** A shop of three channels in which everything goes wrong that can, around the functions that count stock. */
export class OversellWorld {
  readonly agenda = new Agenda(START);
  readonly erp: Erp;
  readonly stock: WorldStock;
  readonly rows = new Map<string, OrderRow>();
  readonly orders: ShopOrder[] = [];
  readonly windows = new Map(CHANNELS.map((channel) => [channelKey(channel), new ShopWindow(channel)]));
  readonly counts = { sales: 0, drifts: 0, repeats: 0, repeatsThatChanged: 0 };
  /** The longest that claims were below what the rows say (ms). */
  longestDeficitMs = 0;
  readonly rules: StockRules;
  readonly truth: WorldTruth;
  readonly meter: WorldMeter;
  readonly options: WorldOptions;
  private readonly random: () => number;
  private readonly repeating: () => number;
  private readonly claims = new Map<string, OrderClaims>();
  private readonly behind = new Map<ShopOrder, number>();

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = dice(options.seed);
    this.repeating = dice(options.seed + 1);
    this.erp = new Erp(this.agenda, options.erp);
    this.truth = new WorldTruth(this.erp);
    const measured = Array.from({ length: 20 }, (_, n) => `sku-${n}`);
    this.meter = new WorldMeter(this, measured);
    this.rules = {
      channels: options.told === false ? CHANNELS.map((one) => ({ ...one, shows: 'nothing' })) : CHANNELS,
      baseMeans: options.erp.baseMeans,
      untilHours: options.untilHours,
      settle: { quietSeconds: 10, atMostSeconds: 60 },
    };
    this.stock = new WorldStock(this, this.random, (sku) => this.touchSku(sku));
    for (let n = 0; n < options.skus; n += 1) this.open(`sku-${n}`);
    for (let n = 0; n < options.sales; n += 1)
      this.agenda.after(this.random() * options.hours * HOUR, () => this.somethingHappens());
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
  private get now(): number {
    return this.agenda.now;
  }

  private open(sku: string): void {
    this.stock.skus[sku] = CHANNELS.reduce(
      (known, channel) =>
        withLinks(known, catalogueKey(channel), [{ productId: sku, variantId: sku }], this.rules, this.now),
      NOTHING_KNOWN,
    );
    for (const place of PLACES) this.erp.add(sku, place, Math.floor(this.between(5, 60)) * 1000);
    for (const place of PLACES) this.send(sku, place);
    if (this.options.told !== false) return;
    for (const { channel, shown } of this.windows.values())
      shown.set(sku, channel.shows === 'number' ? { units: 30 } : { on: true });
  }

  // What happens outside

  private somethingHappens(): void {
    const dice = this.random();
    if (dice < 0.7 || this.orders.length < 10) this.sell();
    else if (dice < 0.9) this.change(this.pick(this.orders.slice(-200)));
    else if (dice < 0.97) this.correct();
    else this.send(this.pick(Object.keys(this.stock.skus)), this.pick(PLACES));
  }

  private sell(): void {
    const window = this.pick([...this.windows.values()]);
    const { channel } = window;
    const lines = Array.from({ length: this.chance(0.3) ? 2 : 1 }, (_, n) => {
      const sku = this.pick(Object.keys(this.stock.skus));
      const byWeight = channel.shows === 'on-off' && sku.endsWith('7');
      const quantity = byWeight ? 0.375 * Math.ceil(this.between(0, 4)) : this.chance(0.2) ? 2 : 1;
      return { lineId: `l${n}`, sku, quantity };
    });
    // Two buyers pay at the same moment now and then, and the platform sells what it does not have.
    if (!lines.every(({ sku, quantity }) => window.lets(sku, quantity)) && !this.chance(0.01)) return;
    const order: ShopOrder = {
      id: `o${this.orders.length}`,
      channel,
      lines,
      skus: new Set(lines.map(({ sku }) => sku)),
      status: 'received',
      gone: false,
      placedAt: this.now,
    };
    this.orders.push(order);
    this.counts.sales += 1;
    for (const { sku, quantity } of lines) {
      window.add(sku, -quantity);
    }
    this.changed(order);
  }

  private change(order: ShopOrder): void {
    const window = this.windows.get(channelKey(order.channel))!;
    const what = this.random();
    if (what < 0.4 && order.status === 'received') {
      order.status = 'cancelled';
      // The platform gives its own stock back, unless it was told not to.
      if (this.chance(0.8)) for (const { sku, quantity } of order.lines) window.add(sku, quantity);
    } else if (what < 0.5 && order.status === 'dispatched') order.status = 'cancelled';
    else if (what < 0.7 && order.status === 'received') {
      const [line] = order.lines;
      if (line === undefined) return;
      const quantity = Number.isInteger(line.quantity) ? this.pick([0, 1, 2, 3]) : 0.5;
      window.add(line.sku, line.quantity - quantity);
      if (quantity === 0) order.lines = order.lines.filter((one) => one !== line);
      else line.quantity = quantity;
    } else if (order.status === 'received') {
      order.status = 'dispatched';
      order.gone = true;
    }
    this.changed(order);
  }

  /** Goods come, or are counted anew. */
  private correct(): void {
    const sku = this.pick(Object.keys(this.stock.skus));
    const place = this.pick(PLACES);
    this.erp.add(sku, place, Math.floor(this.between(-3, 30)) * 1000);
    this.send(sku, place);
  }

  /** Somebody types another number into a platform's panel. */
  editInPanel(): void {
    const window = this.pick([...this.windows.values()]);
    window.add(this.pick(Object.keys(this.stock.skus)), this.pick([-2, 3]));
  }

  // From the platform into the table, and through its stream

  private changed(order: ShopOrder): void {
    this.truth.changed(order);
    this.touch(order);
    // A webhook gets lost now and then; the next comparison of the lists finds what it told.
    const delay = this.chance(0.05) ? this.between(5 * MINUTE, 30 * MINUTE) : this.between(200, 20 * SECOND);
    this.agenda.after(delay, () => this.fetch(order));
    if (this.options.repeats && this.repeating() < 0.2)
      this.agenda.after(delay + this.repeating() * HOUR, () => this.repeat(order, () => this.fetch(order)));
  }

  /** Something comes again whose news, if there is any, has a message of its own that is still on its way. */
  private repeat(order: ShopOrder, work: () => void): void {
    const row = this.rows.get(nameOf(order));
    if (row === undefined || this.behind.has(order) || fetched(order, row, this.now) !== row) return;
    const before = { ...this.stock.skus };
    work();
    this.counts.repeats += 1;
    const changed = Object.entries(before).some(([sku, known]) => this.stock.skus[sku] !== known);
    if (changed || this.rows.get(nameOf(order)) !== row) this.counts.repeatsThatChanged += 1;
  }

  fetch(order: ShopOrder): void {
    const name = nameOf(order);
    const known = this.rows.get(name);
    const row = fetched(order, known, this.now);
    if (row === known) return;
    this.write(order, row);
    this.agenda.after(this.between(5 * SECOND, 10 * MINUTE), () => this.book(order));
  }

  private write(order: ShopOrder, row: OrderRow): void {
    this.rows.set(nameOf(order), row);
    // Until the tracker has seen it, what the row takes may not be claimed.
    if (!this.behind.has(order)) this.behind.set(order, this.now);
    this.touch(order);
    this.agenda.after(this.between(50, STREAM_LAG_MS), () => this.track(order));
    if (this.options.repeats && this.repeating() < 0.2)
      this.agenda.after(STREAM_LAG_MS + this.repeating() * HOUR, () =>
        this.repeat(order, () => this.track(order)),
      );
  }

  /** What the reader of the stream does: reads the row as it is now, whatever the record says. */
  private track(order: ShopOrder): void {
    const name = nameOf(order);
    const row = this.rows.get(name)!;
    const before = this.claims.get(name);
    const after = followOrder(before, row, { channels: CHANNELS, owner: 'erp', kits: {} })!;
    for (const { sku, claim, before: taken } of changedClaims(row, before, after)) {
      const sale = { ...order.channel, placedAt: order.placedAt, before: taken };
      this.stock.update(sku, (known) => withClaim(known, claim, sale, this.rules, this.now));
      for (const [key, mark] of Object.entries(this.stock.get(sku).marks))
        if (mark.dueAt <= this.now && !key.startsWith(order.channel.platform) && taken === undefined)
          this.stock.waits(key, sku, order.placedAt);
    }
    this.claims.set(name, after);
    const since = this.behind.get(order);
    this.behind.delete(order);
    if (since !== undefined) this.longestDeficitMs = Math.max(this.longestDeficitMs, this.now - since);
    this.touch(order);
  }

  // The merchant's system

  book(order: ShopOrder): void {
    const name = nameOf(order);
    if (this.erp.isDown) {
      this.agenda.after(this.between(HOUR, 2 * HOUR), () => this.book(order));
      return;
    }
    const places = placesOf(order);
    const row = this.rows.get(name)!;
    const ack = this.erp.book(name, row, () => this.pick(places));
    for (const sku of order.skus) if (this.chance(0.7)) for (const place of places) this.send(sku, place);
    if (ack === undefined) return;
    this.agenda.after(this.between(100, 90 * SECOND), () => this.acknowledge(order, ack));
    if (this.options.repeats && this.repeating() < 0.1)
      this.agenda.after(90 * SECOND + this.repeating() * HOUR, () =>
        this.repeat(order, () => this.acknowledge(order, ack)),
      );
  }

  private acknowledge(
    order: ShopOrder,
    { version, stockBookedAt }: { version: number; stockBookedAt: string },
  ): void {
    const row = this.rows.get(nameOf(order))!;
    const known = row.acknowledgements?.erp;
    const said = acknowledgedNow(known, { erpId: 'x', version, stockBookedAt });
    if (said === undefined) return;
    const erp = { ...said, at: new Date(this.now).toISOString() };
    this.write(order, { ...row, revision: row.revision + 1, acknowledgements: { erp } });
  }

  /** Reads a number, and sends it some time later; numbers overtake each other. */
  send(sku: string, place: string): void {
    if (this.erp.isDown) return;
    const base = this.erp.read(sku, place);
    this.agenda.after(this.between(50, 30 * SECOND), () => {
      this.stock.update(sku, (known) => withBase(known, place, base, this.rules, this.now).sku);
      this.touchSku(sku);
    });
  }

  // What is measured

  private touch(order: ShopOrder): void {
    for (const sku of order.skus) this.touchSku(sku);
  }

  touchSku(sku: string): void {
    this.meter.touch(sku, this.stock);
  }

  wrong(): string[] {
    return this.truth.wrong(this.windows, this.stock.skus);
  }

  wronglyClaimed(): string[] {
    return this.truth.wronglyClaimed(this.stock.skus, this.rules);
  }

  /** SKUs of which less is claimed than is open and unbooked. */
  freedEarly(): string[] {
    return this.truth.wronglyClaimed(this.stock.skus, this.rules, true);
  }
}
