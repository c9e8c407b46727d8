import type { EpochMs } from '../domain/time.ts';
import type { StockHints, StoreToTell } from './stock-hints.ts';

/** Gathers the stores that a piece of work gives something to tell, so that each is named once. */
export interface GatheredHints {
  /** @param dueAt epoch ms */
  note(store: StoreToTell, dueAt: EpochMs): void;
  /** Sends what was noted since the last time. */
  send(now: EpochMs): Promise<void>;
}

export function gatherHints(hints: StockHints): GatheredHints {
  const due = new Map<string, { store: StoreToTell; dueAt: EpochMs }>();
  return {
    note(store, dueAt) {
      const name = `${store.platform}#${store.storeId}`;
      due.set(name, { store, dueAt: Math.min(due.get(name)?.dueAt ?? dueAt, dueAt) });
    },
    async send(now) {
      const all = [...due.values()];
      due.clear();
      await Promise.all(all.map(({ store, dueAt }) => hints.send(store, dueAt - now)));
    },
  };
}
