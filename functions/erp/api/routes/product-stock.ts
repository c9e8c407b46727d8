import type { ErpProductInput } from '../../../domain/product-input.ts';
import type { StoreName } from '../../../storage/keys.ts';
import type { ApiContext } from '../context.ts';
import { Problem } from '../problem.ts';

/** What the configuration says of stock and prices of a store's products. */
export interface ProductStock {
  /** Somebody tells the store how many it shows: a new variant begins with none. */
  readonly isTold: boolean;
  /** The platform's own locations that are told. */
  readonly locations: readonly string[];
  /** Prices of variants that are there are told with those of `PUT /v1/prices`. */
  readonly tellsPrices: boolean;
}

export function stockOfStore(
  { stock, stores }: Pick<ApiContext, 'stock' | 'stores'>,
  { platform, storeId }: StoreName,
): ProductStock {
  const channels = (stock?.settings.channels ?? []).filter(
    (channel) => channel.platform === platform && channel.storeId === storeId,
  );
  const told = channels.filter(({ isMaster, shows }) => isMaster !== true && shows !== 'nothing');
  // Prices are wanted of a platform: those of several stores of one would be each other's.
  const isOnly = stores.filter((store) => store.platform === platform).length === 1;
  return {
    isTold: told.length > 0,
    locations: told.flatMap(({ locationId }) => (locationId === undefined ? [] : [locationId])),
    tellsPrices: isOnly && channels.some(({ charges = [] }) => charges.includes('price')),
  };
}

/** @throws Problem `request-invalid` where a variant says how many there are, and others tell the store */
export function refuseStock({ variants }: ErpProductInput, { isTold }: ProductStock): void {
  const detail =
    'Others tell this store how many there are: a new variant begins with none, and shows what may be sold once PUT /v1/stock said so.';
  const errors = variants.flatMap(({ stock }, index) =>
    stock === undefined ? [] : [{ pointer: `/body/variants/${index}/stock`, code: 'not-allowed', detail }],
  );
  if (isTold && errors.length > 0)
    throw new Problem('request-invalid', {
      detail: 'The product says how many there are of a variant, and may not. Nothing was done.',
      errors,
    });
}
