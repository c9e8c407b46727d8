import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { StockChannel } from './channel.ts';

/** A product of a store that has the SKU, as the platform names it. */
export const linkSchema = lazily(() =>
  z.object({
    productId: z.string(),
    variantId: z.string(),
    /** The platform keeps stock by location; these are its locations. */
    locations: z.array(z.string()).optional(),
    /** What it is sold in, as the platform last showed it; absent where it shows no price. */
    currency: z.string().optional(),
  }),
);
export type Link = z.infer<ReturnType<typeof linkSchema>>;

/** By catalogue ({@link catalogueKey}): the products with the SKU. */
export type Links = Readonly<Record<string, Link[]>>;

/** A store has one catalogue, or each of its outlets one. */
export const catalogueKey = ({
  platform,
  storeId,
  outletId = '',
}: Pick<StockChannel, 'platform' | 'storeId' | 'outletId'>): string =>
  [platform, storeId, outletId].join('#');

/** The catalogue's products with the SKU, once one product has these of them. */
export const linksWith = (known: readonly Link[], productId: string, ofProduct: readonly Link[]): Link[] =>
  [...known.filter((link) => link.productId !== productId), ...ofProduct].sort((one, other) =>
    `${one.productId}#${one.variantId}` < `${other.productId}#${other.variantId}` ? -1 : 1,
  );

/** What a catalogue has of a SKU. Where two of its products share it nobody knows which is meant: neither is touched. */
export type Linked =
  | { readonly state: 'linked'; readonly link: Link }
  | { readonly state: 'ambiguous'; readonly links: readonly Link[] }
  | { readonly state: 'unlinked' };

export function linkOf(links: Links, channel: Parameters<typeof catalogueKey>[0]): Linked {
  const found = links[catalogueKey(channel)] ?? [];
  const [link, ...others] = found;
  if (link === undefined) return { state: 'unlinked' };
  return others.length === 0 ? { state: 'linked', link } : { state: 'ambiguous', links: found };
}
