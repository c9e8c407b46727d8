import type { PlatformName } from '../domain/order.ts';
import type { NormalisedProduct } from '../domain/product.ts';
import { PlatformError } from '../http/errors.ts';
import type { ProductResource } from '../platforms/product-resource.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { About, Find } from './fetchable.ts';
import { type NewProductObservation, readingOfProduct, upsertProduct } from './product-writer.ts';
import type { StoreContext } from './store-context.ts';

/**
 * A copy of the platform's data may lag behind and not have a product that there is, so one answer of "not found" says
 * nothing; a second one, seconds later, does.
 */
const SURE_AFTER_ATTEMPTS = 1;

/** Products, as the one way of fetching knows them. */
export const findProduct: Find = async (context, id) => {
  const { platform, store, products } = context;
  const key = { platform: platform.name, storeId: store.id, platformProductId: id };
  const row = await products.get(key);
  const write = ({ observedAt, origin, correlationId }: About, said: Said) =>
    upsertProduct(context, { key, observedAt, origin, correlationId, ...said }, { row });
  return {
    understoodAt: row?.state === 'ok' ? row.observedAt : undefined,
    async ask(api) {
      const { reading, bytes } = await productsOf(context).get(api, id, store);
      return async (about) => {
        checkAnswer(reading, id, platform.name);
        await write(about, { reading: readingOfProduct(reading), bytes });
        return {};
      };
    },
    async showProblem(about, review, bytes) {
      await write(about, { reading: { review }, bytes });
    },
    async recordFailure(about, { kind }, attempts) {
      if (kind !== 'not-found' || attempts < SURE_AFTER_ATTEMPTS) return false;
      await write(about, { reading: { removed: true } });
      return true;
    },
  };
};

type Said = Pick<NewProductObservation, 'reading' | 'bytes'>;

/** The product that was asked for, and no other. */
function checkAnswer(read: NormalisedProduct, id: string, platform: PlatformName): void {
  const answered = read.ok ? read.product.platformProductId : read.platformProductId;
  if (answered === undefined || answered === id) return;
  throw new PlatformError({
    platform,
    operation: 'products.get',
    kind: 'retry-later',
    status: 200,
    detail: `Asked for product ${id}, the platform answered with product ${answered}.`,
  });
}

/** @throws Error where the platform has no products: nobody sends such a message. */
export function productsOf({ platform }: Pick<StoreContext, 'platform'>): ProductResource {
  const { product } = platform.resources;
  if (product === undefined) throw new OwnError(`products of ${platform.name} are not mirrored`);
  return product;
}
