import { PlatformError } from '../../../http/errors.ts';
import { type Page, PER_PAGE } from './requests.ts';

/** A stretch of time, both ends included. */
export interface Window {
  by: 'created_at' | 'updated_at';
  from: Date;
  to: Date;
}

/** A window as the filters of a list write it. */
export type Bounds = {
  readonly created_at_min?: string;
  readonly created_at_max?: string;
  readonly updated_at_min?: string;
  readonly updated_at_max?: string;
};

/** A query gives no more than this, then errors (Nuvemshop reference, order page, limits). */
export const MAX_LISTED = 10_000;
/** The platform's times have whole seconds: a shorter window cannot be cut. */
const SHORTEST_MS = 2000;
/** How often a window is read again because the list changed while it was read. */
const MAX_PASSES = 3;

/**
 * What a list has of a stretch of time, cut into shorter ones where there is too much. Something may come twice: the list
 * moves while it is read. The platform promises no order of the items.
 *
 * @param what the items, for people
 */
export async function* listWithin<T>(
  what: { operation: string; items: string; list(bounds: Bounds): AsyncIterable<Page<T>> },
  window: Window,
): AsyncGenerator<Page<T>, void, undefined> {
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    const totals = new Set<number>();
    let listed = 0;
    let isGone = false;
    for await (const page of what.list(boundsOf(window))) {
      listed += page.items.length + page.unreadable.length;
      const more = (page.total ?? 0) > MAX_LISTED || (page.total === undefined && listed >= MAX_LISTED);
      if (more) return yield* halves(what, window);
      yield page;
      if (page.gone === true) isGone = true;
      else totals.add(page.total ?? 0);
    }
    // What leaves the list while it is read moves the next one to a page that was read already.
    if (!isGone && totals.size <= 1) return;
  }
}

async function* halves<T>(
  what: Parameters<typeof listWithin<T>>[0],
  { by, from, to }: Window,
): AsyncGenerator<Page<T>, void, undefined> {
  if (to.getTime() - from.getTime() < SHORTEST_MS) throw tooDense(what, by);
  const middle = new Date(Math.floor((from.getTime() + to.getTime()) / 2000) * 1000);
  // The middle second is in both halves: which of the two has it is the platform's secret, and twice is harmless.
  yield* listWithin(what, { by, from, to: middle });
  yield* listWithin(what, { by, from: middle, to });
}

function boundsOf({ by, from, to }: Window): Bounds {
  return by === 'created_at'
    ? { created_at_min: from.toISOString(), created_at_max: to.toISOString() }
    : { updated_at_min: from.toISOString(), updated_at_max: to.toISOString() };
}

const tooDense = ({ operation, items }: { operation: string; items: string }, by: string): PlatformError =>
  new PlatformError({
    platform: 'nuvemshop',
    operation,
    kind: 'refused',
    detail: `More than ${MAX_LISTED} ${items} share one second of ${by}.`,
    remedy: `List them by another filter, ${PER_PAGE} a page.`,
  });
