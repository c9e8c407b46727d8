import type { SimClock } from '../simulator.ts';
import type { ImotrizCountry } from './countries.ts';
import type { MoneyStyle } from './money-style.ts';

/** Paths of the three resources. */
export interface ImotrizPaths {
  newOrders: string;
  /** `null`: not served. */
  orderIds: string | null;
  /** With `{id}` in it; `null`: not served. */
  order: string | null;
}

/** Options of the simulated iMotriz; every one has a default. */
export interface ImotrizSimulatorOptions {
  /** Ids, buyers and orders are the same for the same seed. Default 1. */
  seed?: number | string;
  /** Default: the machine's own time. */
  clock?: SimClock;
  /** Milliseconds that each answer takes. Default 0. */
  latencyMs?: number;
  /** Default `co`. */
  country?: ImotrizCountry;
  /** The name of the store in the ground truth; the platform has none. Default `co-main`. */
  storeId?: string;
  token?: string;
  /** The "synchronize from" date, Unix milliseconds. Default 30 days back; `null`: never set. */
  syncFrom?: number | null;
  /** The last two are not published, so the defaults are obviously made up. */
  paths?: Partial<ImotrizPaths>;
  /** The key of the order's id, which is not published either. Default `id`. */
  idKey?: string;
  /** How amounts are written; `mixed` (default) draws for each order. */
  moneyStyle?: MoneyStyle | 'mixed';
  /** Whether reading one order by its id marks it as synchronised: not documented. Default false. */
  detailMarks?: boolean;
  /**
   * Orders and answers as real stores have them: odd letters, many lines, no total; empty pages in every form, records behind
   * odd metadata. Default false: plain ones.
   */
  oddities?: boolean;
  /** Whether a change un-synchronises an order that was read. Else only a person's click does. Default true. */
  changesUnsync?: boolean;
}

/** Values used when the options name none. */
export const DEFAULTS = {
  token: 'simulated-imotriz-token',
  storeId: 'co-main',
  paths: {
    newOrders: '/api/cart/transaction/newOrders',
    orderIds: '/simulated/order-ids',
    order: '/simulated/orders/{id}',
  },
} as const;
