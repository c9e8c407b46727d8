import { contentHash } from '../../domain/canonical-json.ts';
import { PRODUCT_COMMAND } from '../../domain/command.ts';
import type { ErpProductKey } from '../../domain/erp-product.ts';
import { groupHashes, type WantedProduct } from '../../domain/product-input.ts';
import type { ProductRow } from '../../domain/product-row.ts';
import type { NoCommand } from '../../platforms/commands.ts';
import type { ProductWrite } from '../../platforms/product-write.ts';
import type { ProductMemoryReader, WantedProducts } from '../../storage/erp-products.ts';
import type { ProductStore } from '../../storage/products.ts';
import { acceptOfErp, type ErpAcceptance, type ErpAcceptor, goingOn, refusedAtOnce } from './accept-erp.ts';
import type { ProductCommandInput } from './product.ts';

/** A product as the merchant's system wants it to be at a store. */
export interface GivenProduct {
  readonly client: string;
  readonly key: ErpProductKey;
  readonly wanted: WantedProduct;
  readonly correlationId: string;
}

/** `unchanged`: it was brought about before, and nothing is done. */
export type ProductAcceptance = ErpAcceptance | { readonly outcome: 'unchanged' };

export interface ProductAcceptor extends ErpAcceptor {
  readonly memories: Pick<ProductMemoryReader, 'of'>;
  readonly wantedProducts: Pick<WantedProducts, 'put'>;
  readonly products: Pick<ProductStore, 'get'>;
  /** How the store takes products; undefined where it is not in the configuration. */
  productWriteOf(key: ErpProductKey): Promise<ProductWrite | NoCommand | undefined>;
}

/** What would become of a product. `known`: the same is under way already. */
export type PlannedProduct =
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unchanged' }
  | {
      readonly outcome: 'new' | 'known';
      readonly groups: ReturnType<typeof groupHashes>;
      readonly sha256: string;
      /** Something of what was brought about is gone at the platform. */
      readonly isGone: boolean;
    };

/** Whether something is to be done for a product; nothing is written. */
export async function planProduct(
  acceptor: Pick<ProductAcceptor, 'memories' | 'products' | 'productWriteOf'> & {
    readonly commands: Pick<ProductAcceptor['commands'], 'latest'>;
  },
  { client, key, wanted }: Pick<GivenProduct, 'client' | 'key' | 'wanted'>,
): Promise<PlannedProduct> {
  const reason = refusedAtOnce(await acceptor.productWriteOf(key));
  if (reason !== undefined) return { outcome: 'refused', reason };
  // Before what they brought about: one that ends between the two is seen as under way, and not as never begun.
  const commands = await acceptor.commands.latest(key);
  const { memory } = await acceptor.memories.of(key);
  const groups = groupHashes(wanted);
  const isReached =
    memory.productId !== undefined &&
    Object.entries(groups).every(([group, hash]) => memory.reached[group] === hash);
  const underWay = goingOn(commands);
  const sha256 = contentHash({ client, groups });
  const last = commands.at(-1);
  // What was wanted last is what is shown of the product, with what was refused of it, and it keeps its SKUs.
  const isOutdated = last !== undefined && last.state !== 'done' && last.sha256 !== sha256;
  const isGone = isReached && (await isMissing(acceptor, key, wanted, memory.productId));
  if (isReached && underWay.length === 0 && !isOutdated && !isGone) return { outcome: 'unchanged' };
  return { outcome: underWay.at(-1)?.sha256 === sha256 ? 'known' : 'new', groups, sha256, isGone };
}

/**
 * Keeps what a product is to be, unless it is so already: then nobody calls the platform. What somebody changed there by hand
 * is left alone until the merchant's system wants something else of it; what somebody deleted is not.
 */
export async function acceptProduct(
  acceptor: ProductAcceptor,
  given: GivenProduct,
): Promise<ProductAcceptance> {
  const planned = await planProduct(acceptor, given);
  if (planned.outcome === 'refused' || planned.outcome === 'unchanged') return planned;
  const { client, key, wanted, correlationId } = given;
  const { groups, isGone, sha256 } = planned;
  const input: ProductCommandInput = {
    wanted: await acceptor.wantedProducts.put(key, wanted),
    groups,
    ...(isGone ? { recheck: true } : {}),
  };
  return acceptOfErp(acceptor, key, { client, command: PRODUCT_COMMAND, input, sha256, correlationId });
}

/** Whether the mirrored product lacks something: it was removed, or a variant of it was. */
async function isMissing(
  { products }: Pick<ProductAcceptor, 'products'>,
  { platform, storeId }: ErpProductKey,
  { product: { variants } }: WantedProduct,
  platformProductId = '',
): Promise<boolean> {
  const row: ProductRow | undefined = await products.get({ platform, storeId, platformProductId });
  if (row?.removedAt !== undefined) return true;
  const there = row?.product?.variants.map(({ sku }) => sku);
  return there !== undefined && variants.some(({ sku }) => !there.includes(sku.trim()));
}
