import type { ProductRow } from '../../functions/domain/product-row.ts';
import { channelKey, type StockChannel } from '../../functions/domain/stock/channel.ts';
import type { Display } from '../../functions/domain/stock/display.ts';
import { hasDrifted, seenDisplay } from '../../functions/domain/stock/drift.ts';
import { catalogueKey, linkOf } from '../../functions/domain/stock/links.ts';
import { displaysBy, displaysOf, withShown } from '../../functions/domain/stock/sku.ts';
import { productsOfStore } from '../../functions/pipeline/mirrored-in-store.ts';
import type { OperatorContext } from '../context.ts';
import { columns, print } from '../print.ts';
import { shownText } from './stock.ts';

type Needs = Pick<OperatorContext, 'products' | 'productIndex' | 'stores' | 'audited'> & {
  readonly stock: Pick<OperatorContext['stock'], 'settings' | 'store' | 'clock' | 'sendHints'>;
};

/** A channel that shows something else than it was told. */
interface Drifted {
  readonly sku: string;
  readonly channel: string;
  readonly wanted: Display;
  readonly seen: Display;
  /** Epoch ms: when the platform last told us of the product. */
  readonly seenAt: number;
}

/**
 * Compares what the mirrored products show with what their channels were told. With `repair` they are told again. Answers 1
 * when something is different.
 */
export async function compareStock(
  context: Needs,
  { repair, json }: { repair: boolean; json: boolean },
): Promise<number> {
  const found: Drifted[] = [];
  for (const store of context.stores)
    for await (const row of productsOfStore(context, store)) found.push(...(await driftOf(context, row)));
  if (repair && found.length > 0)
    await context.audited('stock drift', { channels: found.length }, async () => {
      for (const one of found) await tellAgain(context, one);
      await context.stock.sendHints();
      return {};
    });
  print(json, { drifted: found, repaired: repair && found.length > 0 }, [
    ...(found.length === 0
      ? ['Every channel shows what it was told, as far as the mirrored products say.']
      : columns([
          ['SKU', 'CHANNEL', 'SHOULD SHOW', 'SHOWS'],
          ...found.map(({ sku, channel, wanted, seen }) => [
            sku,
            channel,
            shownText(wanted, undefined),
            shownText(seen, undefined),
          ]),
        ])),
    ...(found.length > 0
      ? [repair ? 'All of them are told again.' : 'stock drift --repair tells them again.']
      : []),
  ]);
  return found.length === 0 ? 0 : 1;
}

async function driftOf({ stock }: Needs, row: ProductRow): Promise<Drifted[]> {
  const { platform, storeId, platformProductId, product, removedAt, observedAt } = row;
  if (product === undefined || removedAt !== undefined) return [];
  const catalogue = catalogueKey({ platform, storeId, outletId: product.outletId });
  const channels = stock.settings.channels.filter((channel) => catalogueKey(channel) === catalogue);
  const found: Drifted[] = [];
  for (const variant of product.variants) {
    const { sku, platformVariantId } = variant;
    const item = sku === undefined ? undefined : await stock.store.get(sku);
    if (sku === undefined || item === undefined) continue;
    const displays = displaysBy(item, item.claimed, stock.settings);
    for (const channel of channels) {
      const linked = linkOf(item.links, channel);
      const isThis =
        linked.state === 'linked' &&
        linked.link.productId === platformProductId &&
        linked.link.variantId === platformVariantId;
      const seen = seenDisplay(product, variant, channel);
      const key = channelKey(channel);
      const wanted = displays[key];
      if (!isThis || seen === undefined || wanted === undefined) continue;
      const compared = { ...known(item, channel), wanted, seen, seenAt: observedAt };
      if (hasDrifted(compared, stock.clock.now()))
        found.push({ sku, channel: key, wanted, seen, seenAt: observedAt });
    }
  }
  return found;
}

const known = (
  item: Pick<
    NonNullable<Awaited<ReturnType<Needs['stock']['store']['get']>>>,
    'shown' | 'marks' | 'lastOrderAt'
  >,
  channel: StockChannel,
) => {
  const key = channelKey(channel);
  return { channel, shown: item.shown[key], mark: item.marks[key], lastOrderAt: item.lastOrderAt };
};

/** Takes what was seen for what is shown, so that the channel is to be told. Whatever happened meanwhile counts first. */
async function tellAgain({ stock }: Needs, { sku, channel: key, seen, seenAt }: Drifted): Promise<void> {
  const { settings, store, clock } = stock;
  const channel = settings.channels.find((one) => channelKey(one) === key);
  await store.update(sku, (before) => {
    const now = clock.now();
    const wanted = displaysOf(before, settings)[key];
    const isStill =
      channel !== undefined && hasDrifted({ ...known(before, channel), wanted, seen, seenAt }, now);
    return isStill ? withShown(before, key, { display: seen, from: now, to: now }, settings, now) : before;
  });
}
