import type { Normalised, PlatformName } from '../domain/order.ts';
import type { OrderKey, OrderRow } from '../domain/order-row.ts';
import { PlatformError } from '../http/errors.ts';
import type { About, Contradicts, Find, Written } from './fetchable.ts';
import { bytesToKeep, readingOf, upsertOrder } from './order-writer.ts';
import type { StoreContext } from './store-context.ts';

/** What an order of yesterday lacks does not come any more (ms). */
const YOUNG_MS = 24 * 3_600_000;

/** Orders, as the one way of fetching knows them. */
export const findOrder: Find = async (context, id) => {
  const row = await context.orders.get(keyOf(context, id));
  return {
    understoodAt: row?.state === 'ok' ? row.observedAt : undefined,
    async ask(api) {
      const { order } = context.platform.resources;
      const { json, bytes } = await order.get(api, id);
      return (about, contradicts) =>
        record(context, about, { read: order.normalise(json, context.store), bytes, row, contradicts });
    },
    async showProblem(about, review, bytes) {
      await upsertOrder(context, { ...observationOf(context, about), reading: { review }, bytes });
    },
  };
};

const keyOf = ({ platform, store }: StoreContext, platformOrderId: string): OrderKey => ({
  platform: platform.name,
  storeId: store.id,
  platformOrderId,
});

const observationOf = (context: StoreContext, { id, ...about }: About) => ({
  ...about,
  key: keyOf(context, id),
});

async function record(
  context: StoreContext,
  about: About,
  {
    read,
    bytes,
    ...known
  }: { read: Normalised; bytes: Uint8Array; row: OrderRow | undefined; contradicts: Contradicts },
): Promise<Written> {
  checkAnswer(read, about.id, context.platform.name);
  const found = { reading: readingOf(read), bytes: bytesToKeep(read, bytes), asked: true };
  await upsertOrder(context, { ...observationOf(context, about), ...found }, known);
  return read.ok && read.incomplete !== undefined && isYoung(read.order.placedAt, context)
    ? { incomplete: read.incomplete }
    : {};
}

const isYoung = (placedAt: string | undefined, { clock }: StoreContext): boolean =>
  placedAt === undefined || Date.parse(placedAt) >= clock.now() - YOUNG_MS;

/** The order that was asked for, and no other: an answer from somebody's cache must not overwrite another order's row. */
function checkAnswer(read: Normalised, orderId: string, platform: PlatformName): void {
  const answered = read.ok ? read.order.platformOrderId : read.platformOrderId;
  if (answered === undefined || answered === orderId) return;
  throw new PlatformError({
    platform,
    operation: 'orders.get',
    kind: 'retry-later',
    status: 200,
    detail: `Asked for order ${orderId}, the platform answered with ${answered}.`,
  });
}
