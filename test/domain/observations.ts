import { type MergeResult, merge } from '../../functions/domain/merge.ts';
import type { Observation } from '../../functions/domain/observation.ts';
import type { Order } from '../../functions/domain/order.ts';
import type { MergeRules, OrderRow } from '../../functions/domain/order-row.ts';
import { sampleOrder } from '../support/sample-order.ts';

export const NOON = Date.parse('2026-11-22T12:00:00.000Z');
/** So many seconds after noon. */
export const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

export const PUSHED: MergeRules = { truth: 'pushed', finalStatuses: new Set(['cancelled', 'delivered']) };
export const FETCHED: MergeRules = { truth: 'fetched', finalStatuses: new Set(['cancelled']) };

/** An observation at noon of an order that was changed at noon, of a platform that pushes unless it is `fetching`. */
export function observed(
  change: Partial<Order> = {},
  rest: Partial<Omit<Observation, 'reading'>> & { omitted?: readonly (keyof Order)[] } = {},
): Observation & { order: Order } {
  const { omitted, ...others } = rest;
  const order = sampleOrder({ platform: 'pushing', ...change });
  const { platform, storeId, platformOrderId } = order;
  return {
    key: { platform, storeId, platformOrderId },
    reading: { order, ...(omitted === undefined ? {} : { omitted }) },
    order,
    observedAt: NOON,
    origin: 'webhook',
    correlationId: 'c-1',
    ...others,
  };
}

/** What a row becomes when it is observed next. */
export const seen = (row: OrderRow | undefined, next: Observation): MergeResult =>
  merge(row, next, NOON + 7_200_000, next.key.platform === 'fetching' ? FETCHED : PUSHED);

/** Applies observations one after the other, as the table would. */
export const play = (observations: readonly Observation[]): OrderRow | undefined =>
  observations.reduce<OrderRow | undefined>((row, next) => seen(row, next).row ?? row, undefined);
