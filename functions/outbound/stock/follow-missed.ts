import type { EpochMs } from '../../domain/time.ts';
import { mapConcurrent } from '../../pipeline/map-concurrent.ts';
import { type ChangedProduct, changedPages, type ProductIndex } from '../../storage/row-index.ts';
import { followProduct, type ProductFollower } from './follow-product.ts';

/** What follows the products that the tracker never heard of. */
export interface MissedProducts extends ProductFollower {
  readonly productIndex: Pick<ProductIndex, 'changes'>;
}

/** What a walk over all products came to. */
export interface FollowedProducts {
  /** Products whose SKUs are linked now. */
  readonly followed: number;
  /** The time was over before every product was looked at. */
  readonly unfinished: boolean;
  /** Variants whose SKU cannot be counted. */
  readonly uncountable: number;
}

/** Products that are looked at at the same time. */
const AT_ONCE = 8;
const PAGE = 200;
/** The tracker gives up a record within a day; what was changed before that and was followed needs no second look (ms). */
const GIVEN_UP_WITHIN_MS = 3 * 86_400_000;

/**
 * Follows products that were mirrored before anybody counted stock, and those whose record the tracker gave up: neither is
 * written again as long as nothing changes at its platform. A run that ends early has the next one go on where it stopped:
 * of a product that is followed only its SKUs are read.
 *
 * @param until when to stop (epoch ms)
 */
export async function followMissed(
  missed: MissedProducts,
  until: EpochMs = Number.POSITIVE_INFINITY,
): Promise<FollowedProducts> {
  const { productIndex, settings, clock } = missed;
  const stores = new Map(
    settings.channels.map((channel) => [`${channel.platform}#${channel.storeId}`, channel]),
  );
  let followed = 0;
  let uncountable = 0;
  for (const { platform, storeId } of stores.values())
    for await (const page of changedPages(productIndex, { platform, storeId, limit: PAGE })) {
      if (clock.now() > until) return { followed, unfinished: true, uncountable };
      await mapConcurrent(AT_ONCE, page, async (product) => {
        if (!(await isMissed(missed, product))) return;
        uncountable += await followProduct(missed, product);
        followed += 1;
      });
    }
  return { followed, unfinished: false, uncountable };
}

async function isMissed(
  { products, skus, clock }: MissedProducts,
  { changedAt, ...key }: ChangedProduct,
): Promise<boolean> {
  const known = await skus.get(key);
  const isOld = Date.parse(changedAt) < clock.now() - GIVEN_UP_WITHIN_MS;
  if (known !== undefined && isOld) return false;
  const row = await products.get(key);
  // Of what was never understood there is nothing to link.
  return row?.product !== undefined && (known === undefined || known.version < row.version);
}
