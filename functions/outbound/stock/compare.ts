import type { ProductKey } from '../../domain/product.ts';
import type { ProductRow } from '../../domain/product-row.ts';
import { channelKey, type StockChannel } from '../../domain/stock/channel.ts';
import { hasDrifted, type Seen, seenDisplay } from '../../domain/stock/drift.ts';
import { compared } from '../../domain/stock/drifting.ts';
import { catalogueKey, linkOf } from '../../domain/stock/links.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { displaysBy } from '../../domain/stock/sku.ts';
import { type Unlinked, unlinkedOf } from '../../domain/stock/unlinked.ts';
import { isUnmarked } from '../../domain/stock/unmarked.ts';
import type { EpochMs } from '../../domain/time.ts';
import { mapConcurrent } from '../../pipeline/map-concurrent.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { StoreName } from '../../storage/keys.ts';
import type { ProductStore } from '../../storage/products.ts';
import type { StockStore } from '../../storage/stock.ts';
import type { StockIndex } from '../../storage/stock-index.ts';
import type { StockItem } from '../../storage/stock-item.ts';

/** What compares what every channel shows with what it should show. It reads, and calls no platform. */
export interface Comparer {
  readonly index: Pick<StockIndex, 'all'>;
  readonly stock: Pick<StockStore, 'get' | 'update'>;
  readonly products: Pick<ProductStore, 'get'>;
  /** When the whole catalogue of a store, or of its outlet, was compared last. */
  comparedAt(of: StoreName & Pick<StockChannel, 'outletId'>): Promise<EpochMs | undefined>;
  readonly settings: StockSettings;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a channel was seen to show of a SKU. */
export interface SeenSku {
  readonly sku: string;
  readonly channel: StockChannel;
  readonly seen: Seen;
}

/** What was found in one walk over all SKUs. */
export interface Comparison {
  /** SKUs that were looked at. */
  skus: number;
  /** The time was over before every SKU was looked at. */
  unfinished: boolean;
  /** Channels that show something else than they were told. */
  readonly drifted: SeenSku[];
  /** Channels that were found so before, and are not now. */
  readonly recovered: SeenSku[];
  /** Several products of a channel's catalogue have the SKU: none of them is told anything. */
  readonly ambiguous: { readonly sku: string; readonly channel: StockChannel }[];
  /** SKUs that nothing can be shown of, and those that were so before: those with no reason. */
  readonly unlinked: { readonly sku: string; readonly why: Unlinked | undefined }[];
  /** SKUs of which channels are to be told because the configuration was changed. */
  readonly unmarked: string[];
}

/** SKUs that are read at the same time. */
const AT_ONCE = 8;

/**
 * Looks at every SKU once. What a channel shows is what its mirrored product says: webhooks and the daily comparison of the
 * catalogue keep that up to date, and asking the platform again would cost as many calls as that comparison.
 *
 * @param until when to stop (epoch ms)
 */
export async function compareAll(
  comparer: Comparer,
  until: EpochMs = Number.POSITIVE_INFINITY,
): Promise<Comparison> {
  const { index, stock, settings, clock } = comparer;
  const found: Comparison = {
    skus: 0,
    unfinished: false,
    drifted: [],
    recovered: [],
    ambiguous: [],
    unlinked: [],
    unmarked: [],
  };
  const comparedAt = await comparedTimes(comparer);
  const met = new Set<string>();
  /** Known only at the end: whether the merchant's system counts anything. */
  const items: Pick<StockItem, 'sku' | 'links' | 'bases' | 'claimed' | 'unlinked'>[] = [];
  let counts = false;
  for await (const page of index.all()) {
    if (clock.now() > until) {
      found.unfinished = true;
      break;
    }
    const fresh = page.filter((sku) => !met.has(sku));
    for (const sku of fresh) met.add(sku);
    const rows = productRows(comparer);
    await mapConcurrent(AT_ONCE, fresh, async (sku) => {
      const item = await stock.get(sku);
      if (item === undefined) return;
      counts ||= Object.keys(item.bases).length > 0;
      if (unlinkedOf(item, { ...settings, counts: true }) !== undefined || item.unlinked !== undefined)
        items.push(item);
      // What its channels show is not what they were told by today's configuration: that is nobody's hand.
      const isToBeTold = isUnmarked(item, settings, clock.now());
      if (isToBeTold) found.unmarked.push(sku);
      for (const channel of settings.channels) {
        if (linkOf(item.links, channel).state === 'ambiguous') found.ambiguous.push({ sku, channel });
        if (isToBeTold) continue;
        const seen = await seenOf(rows, item, channel, comparedAt.get(catalogueKey(channel)));
        if (seen !== undefined) judge(found, item, { sku, channel, seen }, comparer);
      }
    });
  }
  found.skus = met.size;
  for (const item of items) {
    const why = unlinkedOf(item, { ...settings, counts });
    if (why !== undefined || item.unlinked !== undefined) found.unlinked.push({ sku: item.sku, why });
  }
  return found;
}

function judge(
  found: Comparison,
  item: StockItem,
  one: SeenSku,
  { settings, clock }: Pick<Comparer, 'settings' | 'clock'>,
): void {
  const key = channelKey(one.channel);
  const wanted = displaysBy(item, item.claimed, settings)[key];
  if (hasDrifted(compared(item, one.channel, one.seen, wanted), clock.now())) found.drifted.push(one);
  else if (item.drifted?.[key] !== undefined) found.recovered.push(one);
}

async function comparedTimes({
  settings,
  comparedAt,
}: Comparer): Promise<ReadonlyMap<string, EpochMs | undefined>> {
  const catalogues = new Map(settings.channels.map((channel) => [catalogueKey(channel), channel]));
  const times = [...catalogues].map(async ([name, one]) => [name, await comparedAt(one)] as const);
  return new Map(await Promise.all(times));
}

type Rows = (key: ProductKey) => Promise<ProductRow | undefined>;

/** Reads each row once: a product's SKUs mostly stand together. */
function productRows({ products }: Comparer): Rows {
  const known = new Map<string, Promise<ProductRow | undefined>>();
  return (key) => {
    const name = Object.values(key).join('#');
    const row = known.get(name) ?? products.get(key);
    known.set(name, row);
    return row;
  };
}

async function seenOf(
  rows: Rows,
  { sku, links }: StockItem,
  channel: StockChannel,
  comparedAt: EpochMs | undefined,
): Promise<Seen | undefined> {
  const linked = linkOf(links, channel);
  if (channel.shows === 'nothing' || linked.state !== 'linked') return undefined;
  const { platform, storeId } = channel;
  const row = await rows({ platform, storeId, platformProductId: linked.link.productId });
  // What was said last was not understood: what is known is older than it looks.
  if (row?.product === undefined || row.removedAt !== undefined || row.state !== 'ok') return undefined;
  const variant = row.product.variants.find(
    (one) => one.platformVariantId === linked.link.variantId && one.sku === sku,
  );
  const display = variant === undefined ? undefined : seenDisplay(row.product, variant, channel);
  return display === undefined ? undefined : { display, observedAt: row.observedAt, comparedAt };
}
