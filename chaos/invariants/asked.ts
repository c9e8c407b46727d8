import type { OrderKey } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { SimStore } from '../plan/stores.ts';
import { orderKey } from './history.ts';
import type { Reading, Readings } from './readings.ts';

/** When functions asked for the contents that platforms answered with: decides which of two answers is the later one. */
export interface Asked {
  /** An answer, whole, in the hands of the function that asked for it at `askedAt` (epoch ms). */
  answered(store: SimStore, body: Buffer, askedAt: number): void;
  /** Whether every question that was answered with one content came clearly before each that was answered with the other. */
  before(key: OrderKey, one: string, other: string): boolean;
}

/** Clocks of instances differ, and a call may leave this much after the function noted its time (ms). */
const UNCLEAR_MS = 2500;

export function createAsked(readings: Readings): Asked {
  const times = new Map<string, { first: number; last: number }>();
  const nameOf = (key: OrderKey, hash: string) => `${orderPk(key)} ${hash}`;
  return {
    answered(one, body, askedAt) {
      // A list is no single order, and most answers are lists or orders.
      if (body[0] !== 0x7b) return;
      const text = body.toString();
      const read = readings.known(one, text) ?? readNew(readings, one, text);
      if (read?.ok !== true) return;
      const name = nameOf(orderKey(one, read.order.platformOrderId), read.hash);
      const known = times.get(name);
      times.set(name, { first: known?.first ?? askedAt, last: askedAt });
    },
    before(key, one, other) {
      const [early, late] = [times.get(nameOf(key, one)), times.get(nameOf(key, other))];
      return early !== undefined && late !== undefined && early.last + UNCLEAR_MS < late.first;
    },
  };
}

function readNew(readings: Readings, store: SimStore, text: string): Reading | undefined {
  try {
    return readings.of(store, text, JSON.parse(text));
  } catch {
    return undefined;
  }
}
