import * as z from 'zod';
import { itemName } from '../../domain/item-name.ts';
import { orderSchema, platformNameSchema, REVIEW_REASONS } from '../../domain/order.ts';
import { type OrderRow, orderRowSchema } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import type { Client } from '../tokens.ts';
import type { ApiContext } from './context.ts';
import { lazily } from './fields.ts';

/** What a client needs that sees the buyer. */
export const PERSONAL = 'orders:personal';

const time = z.string();

/** An acknowledgement as the client that sent it sees it. */
export const acknowledgementView = lazily(() =>
  z.object({
    erpId: z.string(),
    version: z.number().int(),
    /** When it reached us. */
    at: time,
    stockBookedAt: time.optional(),
  }),
);

/** An order as the API shows it. */
export const orderView = lazily(() =>
  z.object({
    id: z.string(),
    platform: platformNameSchema,
    storeId: z.string(),
    platformOrderId: z.string(),
    /** Rises with every change of the content. */
    version: z.number().int(),
    changedAt: time,
    /** `needs-review`: what the platform said last could not be understood; the order is as it was before. */
    state: z.enum(['ok', 'needs-review']),
    review: z.object({ reason: z.enum(REVIEW_REASONS), problem: z.string(), at: time }).optional(),
    /** Absent while nothing of it was understood. */
    order: orderSchema.omit({ personal: true }).optional(),
    /** With the scope orders:personal only. */
    personal: orderRowSchema.shape.personal,
    /** Since when the data of the person is erased for good. */
    erasedAt: time.optional(),
    /** The latest acknowledgement of the client that asks. */
    acknowledgement: acknowledgementView().optional(),
    acknowledgeBy: time.optional(),
  }),
);
export type OrderView = z.infer<ReturnType<typeof orderView>>;

/** What a client may see of an order. */
export function viewOf(row: OrderRow, { name, scopes }: Client): OrderView {
  const { platform, storeId, platformOrderId, version, changedAt, state, review, order, personal } = row;
  const acknowledgement = row.acknowledgements?.[name];
  return {
    id: itemName(row),
    platform,
    storeId,
    platformOrderId,
    version,
    changedAt,
    state,
    ...(review === undefined ? {} : { review: { ...review, at: isoTime(review.at) } }),
    ...(order === undefined ? {} : { order }),
    ...(personal === undefined || !scopes.has(PERSONAL) ? {} : { personal }),
    ...(row.erased === undefined ? {} : { erasedAt: isoTime(row.erased.at) }),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    ...(row.acknowledgeBy === undefined ? {} : { acknowledgeBy: row.acknowledgeBy }),
  };
}

/** Writes down that data of persons left us: for whom, of which orders, and none of it. */
export function recordPersonalReads(
  views: readonly Pick<OrderView, 'id' | 'platform'>[],
  client: Client,
  { metrics, log }: Pick<ApiContext, 'metrics' | 'log'>,
): void {
  if (views.length === 0) return;
  for (const { platform } of views) metrics.add('PersonalDataRead', platform, 1);
  log.info('personal data read', { client: client.name, orders: views.map(({ id }) => id) });
}
