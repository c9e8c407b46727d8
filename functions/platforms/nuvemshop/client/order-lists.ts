import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import { numericIdSchema } from '../ids.ts';
import type { Caller } from './call.ts';
import { type OrderFilters, orderFilters } from './order-filters.ts';
import { type Page, PER_PAGE, pages } from './paging.ts';
import { checked } from './read.ts';

/** An order of a list: whole but for its fulfilment orders, which only the detail has in full. */
export const listedOrder = z.looseObject({ id: numericIdSchema });
export type ListedOrder = z.output<typeof listedOrder>;

/** A stretch of time, both ends included. */
export interface Window {
  by: 'created_at' | 'updated_at';
  from: Date;
  to: Date;
}

/** A query gives no more than this, then errors (Nuvemshop reference, order page, limits). */
export const MAX_LISTED = 10_000;
/** The platform's times have whole seconds: a shorter window cannot be cut. */
const SHORTEST_MS = 2000;
/** How often a window is read again because the list changed while it was read. */
const MAX_PASSES = 3;

/** Lists orders (Nuvemshop reference, order page). */
export function createOrderLists(call: Caller) {
  const list = (filters: OrderFilters = {}) =>
    pages(call, {
      operation: 'orders.list',
      path: '/orders',
      query: checked(orderFilters, 'orders.list', filters),
      item: listedOrder,
    });

  async function* within(window: Window, filters: OrderFilters): AsyncGenerator<Page<ListedOrder>> {
    for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
      const totals = new Set<number>();
      let listed = 0;
      for await (const page of list({ ...filters, ...bounds(window) })) {
        listed += page.items.length + page.unreadable.length;
        const more = (page.total ?? 0) > MAX_LISTED || (page.total === undefined && listed >= MAX_LISTED);
        if (more) return yield* halves(window, filters);
        yield page;
        totals.add(page.total ?? 0);
      }
      // An order that leaves the list while it is read moves the next one to a page that was read already.
      if (totals.size <= 1) return;
    }
  }

  async function* halves({ by, from, to }: Window, filters: OrderFilters): AsyncGenerator<Page<ListedOrder>> {
    if (to.getTime() - from.getTime() < SHORTEST_MS) throw tooDense(by);
    const middle = new Date(Math.floor((from.getTime() + to.getTime()) / 2000) * 1000);
    // The middle second is in both halves: which of the two has it is the platform's secret, and twice is harmless.
    yield* within({ by, from, to: middle }, filters);
    yield* within({ by, from: middle, to }, filters);
  }

  return {
    /** The orders that pass the filters, page by page; more than 10,000 of them are an error, see `listWithin`. */
    list,
    /**
     * The orders of a stretch of time, cut into shorter ones where there are too many. An order may come twice: the
     * list moves while it is read. The platform promises no order of the items.
     */
    listWithin: (window: Window, filters: Omit<OrderFilters, keyof ReturnType<typeof bounds>> = {}) =>
      within(window, filters),
  };
}

function bounds({
  by,
  from,
  to,
}: Window): Pick<OrderFilters, 'created_at_min' | 'created_at_max' | 'updated_at_min' | 'updated_at_max'> {
  return by === 'created_at'
    ? { created_at_min: from.toISOString(), created_at_max: to.toISOString() }
    : { updated_at_min: from.toISOString(), updated_at_max: to.toISOString() };
}

function tooDense(by: string): PlatformError {
  return new PlatformError({
    platform: 'nuvemshop',
    operation: 'orders.list',
    kind: 'refused',
    detail: `More than ${MAX_LISTED} orders share one second of ${by}.`,
    remedy: `List them by another filter, ${PER_PAGE} a page.`,
  });
}
