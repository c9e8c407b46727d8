import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Channel, type Merchant, stockOf } from '../config/merchant.ts';
import type { ProductWriter } from '../functions/erp/api/write-product.ts';
import { acceptProduct, type ProductAcceptor } from '../functions/outbound/commands/accept-product.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { productWriteOf } from '../functions/platforms/product-write.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createMadeCategories } from '../functions/storage/creations.ts';
import { createProductMemoryReader, createWantedProducts } from '../functions/storage/erp-products.ts';
import { createErpSkus } from '../functions/storage/erp-skus.ts';
import type { StoreName } from '../functions/storage/keys.ts';
import { createProductPrices } from '../functions/storage/product-prices.ts';
import { OPERATOR } from './operator-client.ts';
import type { openStock } from './stock-context.ts';

/** What the commands on products of the merchant's own system work with. */
export function openWrittenProducts({
  merchant,
  channels,
  control,
  ordersTable,
  stock,
  ...shared
}: Pick<ProductAcceptor, 'commands' | 'products' | 'hint' | 'log'> & {
  merchant: Merchant;
  channels: readonly Channel[];
  control: { client: DynamoDBDocumentClient; table: string; clock: Clock };
  ordersTable: string;
  stock: () => ReturnType<typeof openStock>;
}) {
  const { client, clock } = control;
  const orders = { client, table: ordersTable, clock };
  const stores = channels.flatMap(({ platform, stores: ofPlatform }) =>
    ofPlatform.map((store) => ({
      name: { platform: platform.name, storeId: store.id } satisfies KnownStore,
      write: productWriteOf(platform, store),
    })),
  );
  const writeOf = ({ platform, storeId }: StoreName) =>
    stores.find(({ name }) => name.platform === platform && name.storeId === storeId)?.write;
  const acceptor: ProductAcceptor = {
    ...shared,
    memories: createProductMemoryReader(orders),
    wantedProducts: createWantedProducts(orders),
    productWriteOf: async (key) => writeOf(key),
    clock,
  };
  return {
    acceptor,
    wantedProducts: createWantedProducts(orders),
    memories: createProductMemoryReader(orders),
    skus: createErpSkus(orders),
    /** Stores that take products. */
    stores: stores.flatMap(({ name, write }) => ('refused' in write ? [] : [name])),
    /** Why the others take none, each reason once. */
    refusals: [...new Set(stores.flatMap(({ write }) => ('refused' in write ? [write.refused] : [])))],
    /** How a store takes products, or why it takes none. */
    writeOf,
    madeCategories: (store: KnownStore) => createMadeCategories({ ...control, ...store }),
    /** As the API has it. What the operator says of prices counts as what the owner of the stock says. */
    get writer(): ProductWriter {
      return {
        stores: stores.map(({ name }) => name),
        products: shared.products,
        productPrices: createProductPrices(orders),
        writeProduct: (given) => acceptProduct(acceptor, given),
        writtenProduct: async (key) => (await acceptor.memories.of(key)).memory,
        clock,
        ...(stockOf(merchant) === undefined ? {} : { stock: asOwner(stock()) }),
      };
    },
  };
}

const asOwner = (stock: ReturnType<typeof openStock>) => ({
  ...stock,
  settings: { ...stock.settings, owner: OPERATOR },
});
