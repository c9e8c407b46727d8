import type { Display } from '../../../functions/domain/stock/display.ts';
import {
  displaysOf,
  type Sku,
  type StockRules,
  withShown,
  withUnsure,
} from '../../../functions/domain/stock/sku.ts';
import type { Agenda } from './agenda.ts';
import type { ShopWindow } from './world-shops.ts';

const SECOND = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** What is known of every SKU in a world, and who tells the channels of it. */
export class WorldStock {
  readonly skus: Record<string, Sku> = {};
  readonly counts = { calls: 0, told: 0, lateSeconds: [] as number[] };
  private readonly dirty = new Set<string>();
  private readonly inFlight = new Set<string>();
  private readonly wakes = new Map<string, number>();
  private readonly waitingSince = new Map<string, number>();
  private readonly agenda: Agenda;
  private readonly rules: StockRules;
  private readonly windows: ReadonlyMap<string, ShopWindow>;
  private readonly random: () => number;
  /** Hears that buyers are shown something else of a SKU. */
  private readonly onShown: (sku: string) => void;

  constructor(
    world: { agenda: Agenda; rules: StockRules; windows: ReadonlyMap<string, ShopWindow> },
    random: () => number,
    onShown: (sku: string) => void,
  ) {
    this.agenda = world.agenda;
    this.rules = world.rules;
    this.windows = world.windows;
    this.random = random;
    this.onShown = onShown;
  }

  get(sku: string): Sku {
    return this.skus[sku]!;
  }

  update(sku: string, change: (known: Sku) => Sku): void {
    const next = change(this.get(sku));
    this.skus[sku] = next;
    const marks = Object.entries(next.marks);
    if (marks.length === 0) this.dirty.delete(sku);
    else this.dirty.add(sku);
    for (const [key, { dueAt }] of marks) this.wake(key, dueAt);
  }

  /** Goods were sold elsewhere: from then on until a channel was told, too many are shown there. */
  waits(key: string, sku: string, since: number): void {
    const name = `${key}/${sku}`;
    this.waitingSince.set(name, this.waitingSince.get(name) ?? since);
  }

  private wake(key: string, at: number): void {
    const due = Math.max(at, this.agenda.now);
    if ((this.wakes.get(key) ?? NEVER) <= due) return;
    this.wakes.set(key, due);
    this.agenda.after(due - this.agenda.now, () => {
      if (this.wakes.get(key) === due) this.wakes.delete(key);
      this.tell(key);
    });
  }

  /** One call at a time for each store; what is sent is read when the call begins. */
  private tell(key: string): void {
    if (this.inFlight.has(key)) return;
    const from = this.agenda.now;
    const marked = [...this.dirty].filter((sku) => this.get(sku).marks[key] !== undefined);
    const dueAt = (sku: string) => this.get(sku).marks[key]?.dueAt ?? NEVER;
    const due = marked
      .filter((sku) => dueAt(sku) <= from)
      .slice(0, 50)
      .map((sku) => [sku, displaysOf(this.get(sku), this.rules)[key]!] as const);
    if (due.length === 0) {
      if (marked.length > 0) this.wake(key, Math.min(...marked.map(dueAt)));
      return;
    }
    this.inFlight.add(key);
    this.counts.calls += 1;
    this.counts.told += due.length;
    const lasts = 300 + 3700 * this.random();
    const fate = this.random();
    // Some calls never reach the platform, and of some the answer is lost.
    if (fate > 0.02) this.agenda.after(lasts * this.random(), () => this.arrive(key, due));
    this.agenda.after(lasts, () => {
      this.inFlight.delete(key);
      for (const [sku, display] of due) this.answered(key, sku, { display, from, isKnown: fate > 0.04 });
      this.wake(key, this.agenda.now);
    });
  }

  private arrive(key: string, displays: readonly (readonly [string, Display])[]): void {
    for (const [sku, display] of displays) {
      this.windows.get(key)!.shown.set(sku, display);
      this.onShown(sku);
    }
  }

  private answered(
    key: string,
    sku: string,
    { display, from, isKnown }: { display: Display; from: number; isKnown: boolean },
  ): void {
    const { now } = this.agenda;
    this.update(sku, (known) =>
      isKnown
        ? withShown(known, key, { display, from, to: now }, this.rules, now)
        : withUnsure(known, key, display, this.rules, now),
    );
    const since = this.waitingSince.get(`${key}/${sku}`);
    if (!isKnown || since === undefined || this.get(sku).marks[key] !== undefined) return;
    this.waitingSince.delete(`${key}/${sku}`);
    this.counts.lateSeconds.push((now - since) / SECOND);
  }
}
