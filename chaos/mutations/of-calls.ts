import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes with calls: limits, circuits, failures and reconciliation. */
export const CALLS: readonly Mutation[] = [
  {
    name: 'count-waits-as-receives',
    harm: 'a message that waits for its slot fails instead, until it is a dead letter',
    patches: [
      patch(
        'functions/pipeline/fetch.ts',
        '} else waits.push({ request, delaySeconds: verdict.delaySeconds, scheduledAt: verdict.scheduledAt });',
        '} else throw new Error("no slot now");',
      ),
    ],
    noticedBy: ['dead-letter'],
    test: named(
      'pipeline/fetch',
      'wait without failing: one message goes back with its slot, the others are served by it',
    ),
  },
  {
    name: 'open-circuit-counts-as-failure',
    harm: 'while the circuit of a store is open, its messages use up their receives',
    patches: [
      patch(
        'functions/pipeline/fetch.ts',
        'if (open.length > 0) wait(open.map((request) => ({ request, delaySeconds })));',
        'throw new Error(String(delaySeconds));',
      ),
    ],
    noticedBy: ['dead-letter'],
    test: named(
      'pipeline/fetch-failed',
      'uses up no tries and never ends in the dead-letter queue, however long it lasts',
    ),
  },
  {
    name: 'open-circuit-ignored',
    harm: 'a platform that refused the credential is asked on and on',
    patches: [
      patch(
        'functions/pipeline/fetch.ts',
        'if (circuit?.allowed === false) {',
        'if (circuit?.allowed === false && circuit.retryAt === 0) {',
      ),
      patch(
        'functions/pipeline/fetch.ts',
        'if (verdict.go && circuit?.allowed === false)',
        'if (verdict.go && circuit?.allowed === false && circuit.retryAt === 0)',
      ),
    ],
    noticedBy: ['called-while-paused'],
    test: named(
      'pipeline/fetch-failed',
      'opens the circuit, lets everything wait, and the first probe that works closes it',
    ),
  },
  {
    name: 'no-slot-needed',
    harm: 'calls are made whether the bucket has room or not',
    patches: [
      patch('functions/pipeline/fetch.ts', 'else if (verdict.go) {', 'else if (verdict.id !== "") {'),
    ],
    noticedBy: ['over-limit'],
    test: named(
      'pipeline/fetch',
      'wait for the real bucket as well, once the platform has said that it is full',
    ),
  },
  {
    name: 'bucket-away-fails-the-batch',
    harm: 'a table that is slow for a moment puts a batch of orders to sleep for minutes',
    patches: [patch('functions/pipeline/fetch.ts', 'if (!isPassing(error)) throw error;', 'throw error;')],
    noticedBy: 'the messages come back by the queue, later than they should, and end in the same rows',
    test: named(
      'pipeline/fetch',
      'come back in a moment, and not by the queue, while the bucket takes no writes',
    ),
  },
  {
    name: 'one-failure-brings-the-cohort-back',
    harm: 'fifty orders are received again, and those that wait are doubled, because one of them fails',
    patches: [patch('functions/pipeline/batch.ts', 'failed.size >= members', 'failed.size >= 1')],
    noticedBy: 'what was fetched already is not fetched again, and what is doubled ends in the same rows',
    test: named('pipeline/cohorts', 'is done but for that one, which is sent again alone'),
  },
  {
    name: 'failed-of-a-cohort-forgotten',
    harm: 'an order that failed while it travelled with others is never fetched',
    patches: [
      patch('functions/pipeline/batch.ts', 'for (const message of failed)', 'for (const message of [])'),
    ],
    noticedBy:
      'faults of these worlds hit a cohort whole, and the next reconciliation finds what was lost of one',
    test: named('pipeline/cohorts', 'is done but for that one, which is sent again alone'),
  },
  {
    name: 'old-answer-changes-plan',
    harm: 'an answer that waited at the platform brings back the plan before this one',
    patches: [
      patch('functions/rate-limit/bucket.ts', 'askedAt > (row.limitAt ?? 0);', 'askedAt > 0;'),
      patch(
        'functions/rate-limit/bucket.ts',
        "{ field: 'limitAt', absent: true, atMost: askedAt }",
        "{ field: 'limitAt', absent: true, atMost: now }",
      ),
    ],
    noticedBy: 'no plan changes twice in these worlds',
    test: named(
      'rate-limit/paced',
      'is priced by the plan that a later answer told, whatever an answer says that waited at the platform',
    ),
  },
  {
    name: 'bucket-of-its-own',
    harm: 'every container counts its calls for itself',
    patches: [
      patch(
        'functions/platforms/connection.ts',
        'createDynamoStore({ client, tableName: table }),',
        'createDynamoStore({ client, tableName: String(Math.random()) }),',
      ),
    ],
    noticedBy: ['over-limit'],
    test: named(
      'platforms/connection',
      'holds for every caller together, whatever each of them may still call otherwise',
    ),
  },
  {
    name: 'throttled-counts-as-failed',
    harm: 'an order that was throttled for hours is given up as failing',
    patches: [
      patch('functions/pipeline/failure-policy.ts', '(isThrottled ? 0 : 1)', '1'),
      patch('functions/pipeline/failure-policy.ts', ' && !error.throttled) {', ') {'),
    ],
    noticedBy: ['behind', 'missing'],
    test: named('pipeline/failure-policy', 'never gives up on an order for being throttled'),
  },
  {
    name: 'notice-waits-for-a-probe',
    harm: 'a notice that the app was removed competes with every order that waits, and no erasure begins',
    patches: [patch('functions/pipeline/standing.ts', "check({ ahead: closedBy === 'token' })", 'check()')],
    noticedBy: 'no app is removed in these worlds',
    test: named(
      'pipeline/standing',
      'of a removal stands for a probe: the next is due as long after it as after any other',
    ),
  },
  {
    name: 'reconcile-repairs-nothing',
    harm: 'a reconciliation counts what is missing and leaves it so',
    patches: [
      patch(
        'functions/pipeline/reconcile/compare.ts',
        'if (dryRun) return undefined;',
        'if (!dryRun) return undefined;',
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named(
      'pipeline/reconcile/changes',
      'queues what the table lacks or has older, and leaves what is current alone',
    ),
  },
];
