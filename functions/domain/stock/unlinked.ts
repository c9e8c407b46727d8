import type { StockChannel } from './channel.ts';
import type { Kits } from './kits.ts';
import { type Links, linkOf } from './links.ts';

/**
 * Why a SKU is nothing that can be shown. `no-product`: no channel has a product with it. `not-counted`: orders take it, and
 * the merchant's system never said how many there are, as of a kit that no table explodes.
 */
export const UNLINKED = ['no-product', 'not-counted'] as const;
export type Unlinked = (typeof UNLINKED)[number];

export interface LinkedSides {
  readonly sku: string;
  readonly links: Links;
  /** By place. */
  readonly bases: Readonly<Record<string, unknown>>;
  /** Sums of claims. */
  readonly claimed: Readonly<Record<string, unknown>>;
}

/**
 * Whether the merchant's system and the channels mean the same goods; undefined where they do.
 *
 * @param counts the merchant's system says how many there are, of other SKUs at least
 */
export function unlinkedOf(
  { sku, links, bases, claimed }: LinkedSides,
  { channels, kits, counts }: { channels: readonly StockChannel[]; kits: Kits; counts: boolean },
): Unlinked | undefined {
  const [isCounted, isTaken] = [Object.keys(bases).length > 0, Object.keys(claimed).length > 0];
  if (!isCounted && !isTaken) return undefined;
  const isPart = Object.values(kits).some((parts) => Object.hasOwn(parts, sku));
  // What is only sold in kits has no product of its own.
  if (!isPart && channels.every((channel) => linkOf(links, channel).state === 'unlinked'))
    return 'no-product';
  return isTaken && !isCounted && counts ? 'not-counted' : undefined;
}

/** The same once there is a product, or a number. */
export const stillUnlinked = (
  why: Unlinked | undefined,
  { links, bases }: Pick<LinkedSides, 'links' | 'bases'>,
): Unlinked | undefined => {
  const side = why === 'no-product' ? links : bases;
  return why === undefined || Object.keys(side).length > 0 ? undefined : why;
};
