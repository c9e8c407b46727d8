import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes with what a reconciliation remembers to have found current. */
export const RECONCILE: readonly Mutation[] = [
  {
    name: 'same-second-believed',
    harm: 'an order that was read and changed within one second of its platform stays as it was read',
    patches: [patch('functions/platforms/nuvemshop/reconcile.ts', "? 'unsure'", "? 'current'")],
    noticedBy:
      'an order has to be read between two changes of one second, and the webhook of the second has to be lost: of two thousand worlds one has that',
    test: named(
      'platforms/nuvemshop/reconcile-run',
      'has an order fetched that was read before the second of its last change was over, and counts nothing as missed',
    ),
  },
  {
    name: 'overtaken-on-any-clock',
    harm: 'a push counts as overtaken by an answer because the clock of the instance that it reached is behind',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        '(known.answeredAt ?? 0) - AMBIGUOUS_MS',
        '(known.answeredAt ?? 0)',
      ),
    ],
    noticedBy:
      'a push has to come within the difference of two clocks after an answer, and be the last word: of two thousand worlds one has that',
    test: named(
      'domain/merge-answers',
      'is followed by what is pushed a moment later, though it reached an instance whose clock is behind',
    ),
  },
  {
    name: 'current-remembers-what-it-queued',
    harm: 'what was missing or stale and is queued to be fetched counts as current from then on',
    patches: [
      patch(
        'functions/pipeline/reconcile/compare.ts',
        '  repaired.add(orderId);\n  if (verdict',
        '  repaired.add(orderId);\n  slice.foundCurrent?.add(listed);\n  if (verdict',
      ),
    ],
    noticedBy: 'what is queued is fetched there, and its row is changed by that',
    test: named(
      'pipeline/reconcile/found-current',
      'is met by the next run again, though it was queued to be fetched',
    ),
  },
  {
    name: 'current-for-ever',
    harm: 'what was found current once is never read again',
    patches: [
      patch('functions/pipeline/reconcile/found-current.ts', 'when <= now - FOUND_CURRENT_MS', 'when <= 0'),
    ],
    noticedBy: 'no world loses a row, and none lasts half a day',
    test: named(
      'pipeline/reconcile/found-current',
      'counts from when the row was read, however often it is written down again',
    ),
  },
  {
    name: 'current-without-status',
    harm: 'an entry of another status counts as the one that was found current',
    patches: [patch('functions/pipeline/reconcile/found-current.ts', '    status ?? null,', '    null,')],
    noticedBy: 'where reconciliation runs on its schedule, each change of a status moves its time',
    test: named(
      'pipeline/reconcile/found-current',
      'is compared where the list says another status, though at the same time',
    ),
  },
  {
    name: 'current-though-row-changed',
    harm: 'a row that changed since is not read, because the list says what it said',
    patches: [
      patch(
        'functions/pipeline/reconcile/found-current.ts',
        'listed.orderId === undefined || changed.has(listed.orderId)',
        'listed.orderId === undefined',
      ),
    ],
    noticedBy: ['never-said', 'behind'],
    test: named(
      'pipeline/reconcile/found-current',
      'is compared where the row changed since, whatever the list says',
    ),
  },
  {
    name: 'current-for-now-remembered',
    harm: 'a row that counts as current only while it is young is not read when it is not',
    patches: [
      patch(
        'functions/pipeline/reconcile/found-current.ts',
        "return compare(row, listed, askedAt + FOUND_CURRENT_MS) === 'current';",
        "return compare(row, listed, askedAt) === 'current';",
      ),
    ],
    noticedBy: 'where reconciliation runs on its schedule, each change of a status moves its time',
    test: named('pipeline/reconcile/found-current', 'is so for now only where %s'),
  },
  {
    name: 'current-for-a-person',
    harm: 'a run that a person asks for reads no row that an earlier one found current',
    patches: [patch('functions/pipeline/reconcile/rely.ts', 'if (dryRun || eager ||', 'if (dryRun ||')],
    noticedBy: 'no person asks for a reconciliation there',
    test: named(
      'pipeline/reconcile/found-current',
      'is read where a person asks for a stretch of time, and in a dry run',
    ),
  },
  {
    name: 'failing-scan-first',
    harm: 'three outlets that are not answered keep every other one from being compared',
    patches: [
      patch(
        'functions/pipeline/reconcile/work.ts',
        '        state.progress = { ...state.progress, workedAt: clock.now() };\n',
        '',
      ),
    ],
    noticedBy: 'no store of these worlds has so many outlets',
    test: named('pipeline/reconcile/starved', 'compares the others, however many of them fail'),
  },
  {
    name: 'lists-due-apart',
    harm: 'no run meets all products of a chain any more, and none of them is ever found to be gone',
    patches: [
      patch('functions/pipeline/reconcile/scan-plan.ts', 'isDueWithOthers(scan, known, occasion) ||', ''),
    ],
    noticedBy: 'catalogues of several outlets are in no world',
    test: named(
      'pipeline/reconcile/outlet-products',
      'finds what is gone also after the list of one had failed once',
    ),
  },
];
