import type { Bases } from '../../../functions/domain/stock/base.ts';
import { placesSelling, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import { type Display, sameDisplay } from '../../../functions/domain/stock/display.ts';
import { claimedByPlaces, type Sku, type StockRules } from '../../../functions/domain/stock/sku.ts';
import { type TakenLine, takenBy } from '../../../functions/domain/stock/taken.ts';
import type { Erp } from './world-erp.ts';
import { CHANNELS, fetched, nameOf, type ShopOrder, type ShopWindow } from './world-shops.ts';

const PLACES_OF = new Map(CHANNELS.map((channel) => [channel, placesSelling(CHANNELS, channel)]));
export const placesOf = ({ channel }: ShopOrder): string[] => PLACES_OF.get(channel)!;

/**
 * What is true in a world, whoever knows of it: worked out from what the platforms sold and the merchant's system booked,
 * and not from claims.
 */
export class WorldTruth {
  private readonly ofSku = new Map<string, Set<ShopOrder>>();
  private readonly takenNow = new Map<ShopOrder, readonly TakenLine[]>();
  private readonly erp: Erp;

  constructor(erp: Erp) {
    this.erp = erp;
  }

  /** An order is new, or is not as it was. */
  changed(order: ShopOrder): void {
    this.takenNow.delete(order);
    for (const { sku } of order.lines) {
      const known = this.ofSku.get(sku) ?? new Set();
      this.ofSku.set(sku, known.add(order));
    }
  }

  /** What these places may sell: the numbers that are known, less what was sold and they do not have yet. Thousandths. */
  promise(sku: string, bases: Bases, sells: readonly string[]): number {
    let promise = sells.reduce((sum, place) => sum + (bases[place]?.quantity ?? 0), 0);
    for (const order of this.ofSku.get(sku) ?? [])
      if (placesOf(order).some((place) => sells.includes(place))) promise -= this.open(order, sku, bases);
    return promise;
  }

  /** What an order takes of a SKU that the numbers do not have yet. */
  private open(order: ShopOrder, sku: string, bases: Bases): number {
    const asOf = Math.min(...placesOf(order).map((place) => bases[place]?.asOf ?? 0));
    const known = this.takenNow.get(order) ?? takenBy(fetched(order, undefined, 0).order!);
    this.takenNow.set(order, known);
    let open = 0;
    for (const line of known) if (line.sku === sku) open += line.taken;
    for (const lineId of ['l0', 'l1'])
      open -= this.erp.bookedBefore(`${nameOf(order)}#${lineId}|${sku}`, asOf);
    return open;
  }

  /** What a channel should show of a SKU. */
  display(sku: string, bases: Bases, { sells, buffer, shows, most }: StockChannel): Display {
    const may = Math.max(0, Math.floor(this.promise(sku, bases, sells) / 1000) - buffer);
    if (shows === 'number') return { units: may };
    return may > 0 ? { on: true, most: Math.min(may, most!) } : { on: false };
  }

  /** Channels that show something else than they should: `<channel>/<sku>`. */
  wrong(windows: ReadonlyMap<string, ShopWindow>, skus: Readonly<Record<string, Sku>>): string[] {
    return [...windows].flatMap(([key, { shown, channel }]) =>
      Object.entries(skus)
        .filter(([sku, { bases }]) => !sameDisplay(shown.get(sku), this.display(sku, bases, channel)))
        .map(([sku]) => `${key}/${sku}`),
    );
  }

  /** SKUs whose claims are not what the orders have open and unbooked; with `less`, only those whose claims are too few. */
  wronglyClaimed(skus: Readonly<Record<string, Sku>>, rules: StockRules, less = false): string[] {
    return Object.entries(skus).flatMap(([sku, known]) => {
      const claims = Object.values(claimedByPlaces(known, rules)).reduce((sum, one) => sum + one, 0);
      let open = 0;
      for (const order of this.ofSku.get(sku) ?? []) open += this.open(order, sku, known.bases);
      return claims === open || (less && claims > open) ? [] : [`${sku}: ${claims} claimed, ${open} open`];
    });
  }
}
