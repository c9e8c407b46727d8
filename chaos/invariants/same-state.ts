import { saysTooLittle } from '../../functions/domain/filling.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { hashIn, type PastState } from './history.ts';
import type { HeldRow } from './rows.ts';

/** Clocks of containers are up to this far from the true time (ms). */
const CLOCK_SLACK_MS = 5000;

/**
 * Whether a row holds a state of the platform. A message may leave parts of it out: those are of the newest state that told
 * them, so of such a row only what the message cannot leave out is held against one state.
 */
export function holds({ row, order, hash }: HeldRow, state: PastState): boolean {
  if (row.unsaid === undefined) return hash === hashIn(state, row);
  return order.status === state.order.status && order.updatedAt === state.order.updatedAt;
}

/** Whether the total of a row, whichever message it is from, is one that the platform said. */
export function saysATotalOf(states: readonly PastState[], { order }: HeldRow): boolean {
  const { total } = order.totals;
  return total === undefined || states.some((state) => state.order.totals.total === total);
}

/** Whether a row says all that an ERP needs, however its parts came together. */
export const isWhole = ({ row, order }: HeldRow): boolean =>
  row.unsaid === undefined || !saysTooLittle(order);

/** Whether the content of a row is the answer to a question of ours. */
export const isAnswer = ({ answeredAt, observedAt }: OrderRow): boolean => answeredAt === observedAt;

/**
 * Whether the platform could still give an answer when it was asked: a state that was over by then is none. Answers may take
 * back what was pushed, so they are held to this instead of to the order of states.
 */
export function wasSoWhenAsked(states: readonly PastState[], held: HeldRow): boolean {
  return states.some((state, index) => {
    const over = states[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return holds(held, state) && over >= (held.row.answeredAt ?? 0) - CLOCK_SLACK_MS;
  });
}
