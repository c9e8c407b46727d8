import type { Order } from '../../functions/domain/order.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import { FAR_FUTURE } from '../../local/platforms/simulator-module.ts';
import type { PastState } from './history.ts';

/**
 * What somebody forged of orders. No row may be held against it: our side has to believe who knows the secret, until it asks
 * the platform.
 */
export interface Forgeries {
  /** @param at epoch ms */
  sent(key: OrderKey, at: number, final: boolean): void;
  /** Whether a row says what was forged, and not what the platform said. */
  explains(key: OrderKey, order: Order): boolean;
  /** Whether the platform's own word on its last state has to win over what was forged, before anybody asks. */
  yieldTo(key: OrderKey, last: PastState): boolean;
}

/** Clocks differ, and a webhook is under way for a while (ms). */
const UNCLEAR_MS = 30_000;

export function createForgeries(): Forgeries {
  const forged = new Map<string, { at: number; final: boolean }>();
  return {
    sent(key, at, final) {
      const known = forged.get(orderPk(key));
      forged.set(orderPk(key), { at, final: final || known?.final === true });
    },
    explains: (key, { updatedAt }) => forged.has(orderPk(key)) && updatedAt === FAR_FUTURE,
    yieldTo(key, last) {
      const one = forged.get(orderPk(key));
      return one === undefined || (!one.final && last.at > one.at + UNCLEAR_MS);
    },
  };
}
