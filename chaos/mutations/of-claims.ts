import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes in deciding who may do something now: leases, probes, and whose answer counts. */
export const CLAIMS: readonly Mutation[] = [
  {
    name: 'poll-lease-too-short',
    harm: 'the lease of a poll ends while the poll goes on',
    patches: [patch('functions/pipeline/poll.ts', 'run.remainingMs() + 1000', 'run.remainingMs() / 100')],
    noticedBy: ['two-readers'],
    test: named('pipeline/poll', 'keeps the others out as long as it may run'),
  },
  {
    name: 'reconcile-lease-too-short',
    harm: 'the lease of a reconciliation ends while the run goes on',
    patches: [
      patch(
        'functions/pipeline/reconcile/reconcile.ts',
        'lease.acquire(session.runId, remainingMs + 1000)',
        'lease.acquire(session.runId, remainingMs / 200)',
      ),
    ],
    noticedBy: ['two-runs'],
    test: named('pipeline/reconcile/reconcile', 'keeps the others out as long as it may run'),
  },
  {
    name: 'reconcile-without-lease',
    harm: 'two reconciliations of a store work at once',
    patches: [
      patch(
        'functions/pipeline/reconcile/reconcile.ts',
        'if (!session.dryRun && !(await lease.acquire(session.runId, remainingMs + 1000)))',
        'if (!session.dryRun && !(await lease.acquire(session.runId, remainingMs + 1000)) && remainingMs < 0)',
      ),
    ],
    noticedBy: ['two-runs'],
    test: named(
      'pipeline/reconcile/reconcile',
      'lets one run at a time work; a second says that it is busy and moves nothing',
    ),
  },
  {
    name: 'lease-never-ends',
    harm: 'the lease of a run that died keeps all others out for ever',
    patches: [
      patch(
        'functions/storage/runs.ts',
        'OR heldUntil < :now OR (',
        'OR (heldUntil < :now AND holder = :owner) OR (',
      ),
    ],
    noticedBy: ['stuck', 'missing', 'behind'],
    test: named('storage/runs', 'goes to the next owner when it is given back, or over on every clock'),
  },
  {
    name: 'lease-given-back-by-anybody',
    harm: 'a run gives back the lease of another',
    patches: [
      patch(
        'functions/storage/runs.ts',
        'ConditionExpression: isOurs,',
        "ConditionExpression: 'attribute_exists(pk) OR ' + isOurs,",
      ),
    ],
    noticedBy: 'only a run that got the lease gives it back, and it ends before its lease does',
    test: named('storage/runs', 'goes to the next owner when it is given back, or over on every clock'),
  },
  {
    name: 'probe-unclaimed',
    harm: 'everybody who meets an open circuit when a probe is due makes one',
    patches: [
      patch(
        'functions/storage/circuit-breaker.ts',
        "ConditionExpression: 'probeAt = :seen',",
        "ConditionExpression: 'attribute_exists(pk) OR probeAt = :seen',",
      ),
    ],
    noticedBy: ['called-while-paused'],
    test: named(
      'storage/circuit-breaker',
      'stops every instance, then lets exactly one probe through at a time',
    ),
  },
  {
    name: 'probe-claim-moves-nothing',
    harm: 'a probe is due at once again',
    patches: [
      patch(
        'functions/storage/circuit-breaker.ts',
        "':next': clock.now() + probeEvery(state.closedBy),",
        "':next': state.probeAt,",
      ),
    ],
    noticedBy: ['called-while-paused'],
    test: named(
      'storage/circuit-breaker',
      'is probed by one instance an hour when a notice closes it, because the notice may be lost',
    ),
  },
  {
    name: 'suspended-store-probed-often',
    harm: 'a store that suspended the app is called every five minutes',
    patches: [
      patch(
        'functions/storage/circuit-breaker.ts',
        'SUSPENDED_PROBE_EVERY_MS = 60 * 60_000',
        'SUSPENDED_PROBE_EVERY_MS = 5 * 60_000',
      ),
    ],
    noticedBy: ['called-while-paused'],
    test: named('pipeline/standing', '%s stops every call until a %s ends it, and tells a person'),
  },
  {
    name: 'suspended-store-never-probed',
    harm: 'a store whose app/resumed is lost is never called again',
    patches: [
      patch(
        'functions/storage/circuit-breaker.ts',
        "if (state.closedBy !== 'token' && now",
        "if (state.closedBy === 'probe' && now",
      ),
    ],
    noticedBy: ['stuck', 'missing', 'behind'],
    test: named('pipeline/standing', 'that never come do not make orders wait for ever'),
  },
  {
    name: 'last-answer-wins',
    harm: 'of two fetches of one second the answer that arrives last counts, not that to the later question',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        '? { apply: apart > 0, lookAgainInSeconds: NEXT_SECOND }\n      : { apply: apart > 0 };',
        '? { apply: true }\n      : { apply: true };',
      ),
    ],
    noticedBy: ['goes-back', 'behind'],
    test: named(
      'domain/merge',
      'takes the answer to the later question, where the platform’s time says nothing',
    ),
  },
];
