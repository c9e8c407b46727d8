import type { PlatformName } from '../../functions/domain/order.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { Tables } from '../aws/tables.ts';
import { type History, orderKey } from './history.ts';
import { rowsOf } from './rows.ts';
import type { Report } from './violation.ts';

/** Hears what functions tell of reads that may be lost. */
export interface LostReads {
  /** A page of this platform may be lost, a function says. */
  told(platform: PlatformName): void;
  /**
   * Once everything has come to rest and nothing was compared: an order that was to be read, and has no row, was read and lost.
   * A person can only look for it where somebody said so.
   */
  checkTold(world: { history: History; tables: Tables }, report: Report): void;
}

export function createLostReads(now: () => number): LostReads {
  const lastTold = new Map<PlatformName, number>();
  return {
    told: (platform) => void lastTold.set(platform, now()),
    checkTold({ history, tables }, report) {
      const rows = new Set([...rowsOf(tables)].map(([pk]) => pk));
      for (const { store, orderId, states } of history.all()) {
        const { poll, platform } = store;
        const [first] = states;
        if (poll === undefined || first === undefined || rows.has(orderPk(orderKey(store, orderId))))
          continue;
        if ((lastTold.get(platform.name) ?? 0) < first.at)
          report('lost-untold', `order ${orderId} of ${store.name} was read, is nowhere, and nobody says so`);
      }
    },
  };
}
