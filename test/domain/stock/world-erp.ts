import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { takenBy } from '../../../functions/domain/stock/taken.ts';
import type { Agenda } from './agenda.ts';

/** A merchant's system that books late, in a world. Amounts are thousandths; its clock is not ours. */
export interface ErpOptions {
  readonly baseMeans: 'available' | 'onHand';
  /** It says what it has booked. */
  readonly acknowledges: boolean;
  /** Between these times of ours it does nothing (ms). */
  readonly down?: { readonly from: number; readonly to: number } | undefined;
}

/** How far its clock is from ours (ms). */
const SKEW_MS = -90_000;

interface Booked {
  readonly place: string;
  /** What it has booked of the line from a time of its clock on. */
  readonly steps: { readonly at: number; readonly amount: number }[];
}

export interface Ack {
  readonly version: number;
  readonly stockBookedAt: string;
}

export class Erp {
  readonly stock = new Map<string, number>();
  /** By order, line and SKU. */
  readonly booked = new Map<string, Booked>();

  private readonly ofOrder = new Map<string, Set<string>>();
  private readonly agenda: Agenda;
  private readonly options: ErpOptions;

  constructor(agenda: Agenda, options: ErpOptions) {
    this.agenda = agenda;
    this.options = options;
  }

  get clock(): number {
    return this.agenda.now + SKEW_MS;
  }

  get isDown(): boolean {
    const { down } = this.options;
    return down !== undefined && this.agenda.now >= down.from && this.agenda.now < down.to;
  }

  /** Takes an order as it is now off its stock. */
  book(name: string, row: OrderRow, placeOf: (sku: string) => string): Ack | undefined {
    const seen = new Set<string>();
    const known = this.ofOrder.get(name) ?? new Set<string>();
    this.ofOrder.set(name, known);
    for (const { lineId, sku, taken, gone } of takenBy(row.order!)) {
      const key = `${name}#${lineId}|${sku}`;
      seen.add(key);
      known.add(key);
      this.move(key, sku, this.options.baseMeans === 'available' ? taken : gone, placeOf(sku));
    }
    for (const key of known) if (!seen.has(key)) this.move(key, key.slice(key.lastIndexOf('|') + 1), 0, '');
    return this.options.acknowledges
      ? { version: row.version, stockBookedAt: new Date(this.clock).toISOString() }
      : undefined;
  }

  private move(key: string, sku: string, amount: number, place: string): void {
    const known = this.booked.get(key) ?? { place, steps: [] };
    const before = known.steps.at(-1)?.amount ?? 0;
    if (before === amount && known.steps.length > 0) return;
    known.steps.push({ at: this.clock, amount });
    this.booked.set(key, known);
    this.add(sku, known.place, before - amount);
  }

  /** Goods came, or were counted anew. */
  add(sku: string, place: string, amount: number): void {
    const key = `${place}/${sku}`;
    this.stock.set(key, (this.stock.get(key) ?? 0) + amount);
  }

  /** What it would send now of a SKU. */
  read(sku: string, place: string): { quantity: number; asOf: number } {
    return { quantity: this.stock.get(`${place}/${sku}`) ?? 0, asOf: this.clock };
  }

  /** How much of a line is off the numbers that were true at a time of its clock. */
  bookedBefore(key: string, asOf: number): number {
    return this.booked.get(key)?.steps.findLast(({ at }) => at < asOf)?.amount ?? 0;
  }
}
