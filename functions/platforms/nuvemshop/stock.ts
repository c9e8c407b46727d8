import { isRefusal, PlatformError } from '../../http/errors.ts';
import { refusedBy, type StockPort, type Telling, type TellingOf, type Told } from '../stock.ts';
import { notSent } from './client/requests.ts';
import { MAX_PER_CALL, type StockPriceChange } from './client/stock.ts';
import type { NuvemshopClient } from './client.ts';
import type { NuvemshopStoreSettings } from './settings.ts';
import { chargeVariants, toldOf, variantName } from './stock-prices.ts';

/**
 * Nuvemshop shows a number, takes its own sales off it, and is told of 50 variants in a call (reference, product page,
 * stock-price). Variants with inventory levels are told by location: `stock` of such a variant writes its first location.
 */
export const stock: StockPort<NuvemshopStoreSettings, NuvemshopClient> = {
  shows: 'number',
  // `POST /orders` takes nothing of the stock unless it is told to (`inventory_behaviour`), and an order does not say which it was.
  bypassedBy: ['api'],
  perCall: MAX_PER_CALL,
  channels: () => [{}],
  charges: ['price', 'promotionalPrice', 'cost'],
  charge: (api, _store, chargings, most) => chargeVariants(api, chargings, most),
  counting: {
    count: async ({ stock: client }, _store, of) => client.count(...placeOf('stock.count', of)),
    change: async ({ stock: client }, _store, of, by) => {
      const [productId, variantId, locationId] = placeOf('stock.change', of);
      await client.change(productId, variantId, by, locationId);
    },
  },
  async *tell({ stock: client }, _store, tellings, most) {
    const byVariant = new Map<string, number[]>();
    const changes = new Map<string, StockPriceChange>();
    const decided: (readonly [number, Told])[] = [];
    const unlimited: number[] = [];
    for (const [index, telling] of tellings.entries()) {
      const level = levelOf(telling);
      if ('refused' in level) decided.push([index, { outcome: 'refused', reason: level.refused }]);
      else if (level.stock === null) unlimited.push(index);
      else add(telling, index, { ...level, stock: level.stock });
    }
    if (decided.length > 0) yield decided;
    for await (const results of client.push([...changes.values()], most))
      yield results.flatMap((result) =>
        (byVariant.get(variantName(result)) ?? []).map((index) => [index, toldOf(result)] as const),
      );
    for (const index of unlimited) {
      const { link, locationId } = tellings[index] ?? {};
      if (link === undefined) continue;
      const at = locationId ?? link.locations?.[0];
      yield [[index, await taken(client.set(link.productId, link.variantId, null, at))] as const];
    }

    function add({ link }: Telling, index: number, level: { locationId?: string; stock: number }): void {
      const name = variantName(link);
      const known = changes.get(name);
      byVariant.set(name, [...(byVariant.get(name) ?? []), index]);
      changes.set(name, {
        productId: link.productId,
        variantId: link.variantId,
        levels: [...(known?.levels ?? []), level],
      });
    }
  },
};

/** What became of a call for one variant: what is refused of it keeps no other one out. @throws PlatformError for all else */
async function taken(call: Promise<void>): Promise<Told> {
  try {
    await call;
    return { outcome: 'taken' };
  } catch (error) {
    if (!(error instanceof PlatformError) || !isRefusal(error)) throw error;
    return refusedBy(error);
  }
}

/** Where the units go. */
function levelOf({
  link,
  locationId,
  display,
}: Telling): { locationId?: string; stock: number | null } | { refused: string } {
  if (!('units' in display)) return { refused: 'Nuvemshop shows numbers only.' };
  const at = locationOf({ link, locationId });
  return 'refused' in at ? at : { ...at, stock: display.units };
}

/** The location that is meant, of variants whose stock is kept by location. */
function locationOf({
  link: { locations = [] },
  locationId,
}: Pick<TellingOf, 'link' | 'locationId'>): { locationId?: string } | { refused: string } {
  const [only, ...others] = locations;
  if (only === undefined) return {};
  if (locationId !== undefined && !locations.includes(locationId))
    return { refused: 'The variant has no stock at the configured location. Add it there in the panel.' };
  if (locationId !== undefined) return { locationId };
  return others.length === 0
    ? { locationId: only }
    : {
        refused:
          'The store has several locations. Say in "stock.channels" of the configuration which place each of them sells from.',
      };
}

/** @throws PlatformError `refused` where no location, or no one of several, is meant */
function placeOf(
  operation: string,
  of: TellingOf,
): readonly [productId: string, variantId: string, locationId: string | undefined] {
  const at = locationOf(of);
  if ('refused' in at) throw notSent(operation, at.refused);
  return [of.link.productId, of.link.variantId, at.locationId];
}
