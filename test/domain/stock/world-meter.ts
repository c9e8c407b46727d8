import type { Agenda } from './agenda.ts';
import type { ShopWindow } from './world-shops.ts';
import type { WorldStock } from './world-stock.ts';
import type { WorldTruth } from './world-truth.ts';

/** Counts how many units too many are shown, and for how long. */
export class WorldMeter {
  private readonly unitMs = new Map<string, number>();
  private readonly excess = new Map<string, { at: number; units: number }>();
  /** Each look goes over all orders of a SKU, so only some are measured. */
  private readonly measured: ReadonlySet<string>;
  private readonly agenda: Agenda;
  private readonly windows: ReadonlyMap<string, ShopWindow>;
  private readonly truth: WorldTruth;

  constructor(
    world: { agenda: Agenda; windows: ReadonlyMap<string, ShopWindow>; truth: WorldTruth },
    measured: readonly string[],
  ) {
    this.agenda = world.agenda;
    this.windows = world.windows;
    this.truth = world.truth;
    this.measured = new Set(measured);
  }

  /** Of the measured SKUs, by channel: units shown above what there is, times seconds. */
  get unitSeconds(): ReadonlyMap<string, number> {
    return new Map([...this.unitMs].map(([key, ms]) => [key, ms / 1000]));
  }

  /** Something about a SKU is not as it was. */
  touch(sku: string, stock: WorldStock): void {
    if (!this.measured.has(sku)) return;
    const { now } = this.agenda;
    for (const [key, { shown, channel }] of this.windows) {
      const display = shown.get(sku);
      if (display === undefined || !('units' in display)) continue;
      const before = this.excess.get(`${key}/${sku}`);
      if (before !== undefined && before.units > 0) {
        // In whole milliseconds, which add up exactly in whatever steps they are looked at.
        const more = before.units * (now - before.at);
        this.unitMs.set(key, (this.unitMs.get(key) ?? 0) + more);
      }
      const promise = this.truth.promise(sku, stock.get(sku).bases, channel.sells);
      const may = Math.max(0, Math.floor(promise / 1000));
      this.excess.set(`${key}/${sku}`, { at: now, units: Math.max(0, (display.units ?? 0) - may) });
    }
  }
}
