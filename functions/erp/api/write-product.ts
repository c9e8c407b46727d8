import type { ErpProductKey } from '../../domain/erp-product.ts';
import type { ErpProductInput, WantedProduct } from '../../domain/product-input.ts';
import type { ProductAcceptance } from '../../outbound/commands/accept-product.ts';
import type { Client } from '../tokens.ts';
import type { ApiContext } from './context.ts';
import { Problem } from './problem.ts';
import { type ChangedPrices, changedPrices, refuseOwnPrices } from './routes/product-prices.ts';
import { refuseStock, stockOfStore } from './routes/product-stock.ts';

/** Of one product as JSON. */
export const MAX_PRODUCT_BYTES = 5 * 1024 * 1024;

/** A product that somebody sent for a store. */
export interface SentProduct {
  readonly key: ErpProductKey;
  readonly body: ErpProductInput;
  readonly client: Client;
}

type Judge = Pick<ApiContext, 'stores' | 'stock' | 'products' | 'productPrices' | 'writtenProduct' | 'clock'>;
/** What products are written with, by the API and by the operator. */
export type ProductWriter = Judge & Pick<ApiContext, 'writeProduct'>;

/** What a product is to be at its store, and its prices where others tell them. */
export interface JudgedProduct {
  readonly wanted: WantedProduct;
  /** Undefined where they are those that were handed on before. */
  readonly prices?: ChangedPrices;
}

/**
 * Judges a product by the configuration of its store. Writes nothing.
 *
 * @throws Problem `request-invalid` with a pointer to each wrong field, or `stock-not-owner`
 */
export async function judgeProduct(
  context: Judge,
  { key, body, client }: SentProduct,
): Promise<JudgedProduct> {
  const stock = stockOfStore(context, key);
  refuseStock(body, stock);
  const wanted = { product: body, pricesElsewhere: stock.tellsPrices, locations: [...stock.locations] };
  if (!stock.tellsPrices) await refuseOwnPrices(context, { key, wanted });
  const prices = stock.tellsPrices ? await changedPrices(context, { key, body, client }) : undefined;
  return { wanted, ...(prices === undefined ? {} : { prices }) };
}

/** `prices`: SKUs whose prices changed and were handed on to whoever tells them. */
export type WrittenProduct = Exclude<ProductAcceptance, { outcome: 'refused' }> & {
  readonly prices?: number;
};

/**
 * Keeps what a product is to be, and hands its prices on where others tell them.
 *
 * @throws Problem like `judgeProduct`, or `command-refused`
 */
export async function writeProduct(
  context: ProductWriter,
  { correlationId, ...sent }: SentProduct & { readonly correlationId: string },
): Promise<WrittenProduct> {
  const { key, client } = sent;
  const { wanted, prices } = await judgeProduct(context, sent);
  const acceptance = await context.writeProduct({ client: client.name, key, wanted, correlationId });
  if (acceptance.outcome === 'refused') throw new Problem('command-refused', { detail: acceptance.reason });
  const told = await prices?.handOn();
  return { ...acceptance, ...(told === undefined ? {} : { prices: told }) };
}
