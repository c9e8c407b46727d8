import { channelKey } from '../../functions/domain/stock/channel.ts';
import { displaysBy } from '../../functions/domain/stock/sku.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { Comparer, SeenSku } from '../../functions/outbound/stock/compare.ts';
import { createCatalogueCompared } from '../../functions/storage/last-times.ts';
import type { OperatorContext } from '../context.ts';

/** What comparing reads with. */
export type DriftReads = Pick<OperatorContext, 'products' | 'control'> & {
  readonly stock: Pick<OperatorContext['stock'], 'settings' | 'store' | 'index' | 'clock'>;
};

/** What compares channels with what they were told. @param sku the only one that is looked at; every one when absent */
export function comparerOf({ products, control, stock }: DriftReads, sku?: string): Comparer {
  const { settings, store, index, clock } = stock;
  const { client, table } = control;
  return {
    index: sku === undefined ? index : { all: () => only(sku) },
    stock: store,
    products,
    comparedAt: ({ outletId, ...one }) => createCatalogueCompared({ client, table, ...one }).get(outletId),
    settings,
    clock,
  };
}

async function* only(sku: string): AsyncGenerator<string[], void, undefined> {
  yield [sku];
}

/** A channel that shows something else than it was told. */
export type DriftRow = Awaited<ReturnType<typeof driftRow>>;

export async function driftRow({ stock, settings }: Comparer, { sku, channel, seen }: SeenSku) {
  const key = channelKey(channel);
  const item = await stock.get(sku);
  const drifted = item?.drifted?.[key];
  return {
    sku,
    channel: key,
    wanted: item === undefined ? undefined : displaysBy(item, item.claimed, settings)[key],
    seen: seen.display,
    seenAt: isoTime(seen.observedAt),
    repairs: drifted?.repairs ?? 0,
    review: drifted?.review ?? false,
  };
}
