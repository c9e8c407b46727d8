import { createSkuCensus } from '../../functions/domain/sku-census.ts';
import type { Watch } from '../../functions/pipeline/reconcile/watch.ts';
import type { ImportKind } from './import-plan.ts';

/** Why something was not imported, or not whole; `needs-review` stands once for each reason of the rows. */
export type SkipReason =
  | 'needs-review'
  | 'no-id'
  | 'not-recorded'
  | 'under-way'
  | 'not-listed'
  | 'erased'
  | 'no-sku'
  | 'same-sku'
  | 'switched-off'
  | 'not-offered'
  | 'not-comparable';

/** Things that were left out for one reason. */
export interface Skipped {
  reason: SkipReason;
  /** More exactly: of `needs-review` the reason of the rows, of `not-listed` the time before which nothing is listed. */
  detail?: string;
  /** Absent where nobody knows how many. */
  count?: number;
  /** The first ids. */
  examples: string[];
}

/** What came of one kind. `seen` is the sum of recorded, unchanged, and what of `skipped` has a count. */
export interface KindCounts {
  seen: number;
  recorded: number;
  unchanged: number;
  /** Of products and customers: the platform has them no more. */
  removed: number;
  skipped: Skipped[];
  /** Imported, but something of it is not: a product without its link to the stock, a customer without the person. */
  partly: Skipped[];
}

const MOST_EXAMPLES = 5;

const skipped = (reason: SkipReason, ids: readonly string[], detail?: string): Skipped[] =>
  ids.length === 0
    ? []
    : [
        {
          reason,
          ...(detail === undefined ? {} : { detail }),
          count: ids.length,
          examples: ids.slice(0, MOST_EXAMPLES),
        },
      ];

/** Counts what an import of one kind meets, over as many runs as it takes. */
export interface Tally extends Watch {
  readonly seen: number;
  /** Ids of what was new, or newer than the table: in a list that carries no orders they have yet to be fetched. */
  changed(): string[];
  /** Whether a run met it. */
  knows(id: string): boolean;
  /**
   * @param review why rows wait for a person, by their ids
   * @param erased ids whose rows name no person any more
   * @param underWay ids that nobody has recorded yet
   */
  counts(now: {
    review: ReadonlyMap<string, string>;
    erased: readonly string[];
    underWay: readonly string[];
  }): KindCounts;
}

export function createTally(kind: ImportKind): Tally {
  const met = new Set<string>();
  const erasedMet = new Set<string>();
  const found = new Map<string, string>();
  const census = createSkuCensus();
  let nameless = 0;
  return {
    get seen() {
      return met.size + nameless;
    },
    met(_, id, { erased = false, product } = {}) {
      if (id === undefined) nameless += 1;
      else met.add(id);
      if (id !== undefined && erased) erasedMet.add(id);
      if (product !== undefined) census.count(product);
    },
    found(_, id, finding) {
      // What failed in one run and not in the next one is recorded.
      if (found.get(id) === undefined || found.get(id) === 'failed') found.set(id, finding);
    },
    changed: () =>
      [...found].filter(([, finding]) => finding === 'missing' || finding === 'stale').map(([id]) => id),
    knows: (id) => met.has(id) || found.has(id),
    counts({ review, erased, underWay }) {
      const waits = new Set(underWay);
      const unrecorded = [...met].filter((id) => found.get(id) === 'failed' && !review.has(id));
      const recorded = [...met].filter(
        (id) => ['missing', 'stale'].includes(found.get(id) ?? '') && !review.has(id) && !waits.has(id),
      );
      const unchanged = [...met].filter((id) => !found.has(id) && !review.has(id));
      const removed = [...found.values()].filter((finding) => finding === 'removed').length;
      const inReview = new Map<string, string[]>();
      for (const [id, why] of review) inReview.set(why, [...(inReview.get(why) ?? []), id]);
      const { duplicates, missing } = census.problems();
      return {
        seen: met.size + nameless,
        recorded: recorded.length,
        unchanged: unchanged.length,
        removed,
        skipped: [
          ...[...inReview].flatMap(([why, ids]) => skipped('needs-review', ids, why)),
          ...(nameless === 0 ? [] : [{ reason: 'no-id' as const, count: nameless, examples: [] }]),
          ...skipped('not-recorded', unrecorded),
          ...skipped('under-way', underWay),
        ],
        partly:
          kind === 'products'
            ? [
                ...skipped('no-sku', [...new Set(missing.map(({ platformProductId }) => platformProductId))]),
                ...skipped(
                  'same-sku',
                  duplicates.map(({ sku }) => sku),
                ),
              ]
            : skipped('erased', [...new Set([...erased, ...erasedMet])]),
      };
    },
  };
}
