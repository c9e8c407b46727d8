import type { OrderEffect } from '../simulator.ts';

/** What happened to orders, in order; the ground truth of what a caller brought about, and how often. */
export interface Effects {
  record(effect: OrderEffect): void;
  of(orderId?: string): readonly OrderEffect[];
}

export function createEffects(): Effects {
  const all: OrderEffect[] = [];
  return {
    record: (effect) => void all.push(effect),
    of: (orderId) => all.filter((effect) => orderId === undefined || effect.orderId === orderId),
  };
}
