import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes in deciding what a row says, and whether an order has to be fetched for it. */
export const ROWS: readonly Mutation[] = [
  {
    name: 'no-revision-condition',
    harm: 'a row is written over one that somebody else wrote meanwhile',
    patches: [
      patch(
        'functions/storage/orders.ts',
        "({\n  ConditionExpression: 'revision = :expected',\n  ExpressionAttributeValues: { ':expected': expected },\n});",
        '(expected < 0 ? { ConditionExpression: "" } : {});',
      ),
    ],
    noticedBy: ['lost-update', 'goes-back', 'behind'],
    test: named('storage/orders', 'is not written over by who read another revision'),
  },
  {
    name: 'no-create-condition',
    harm: 'two first observations of an order overwrite each other',
    patches: [
      patch('functions/storage/orders.ts', "{ ConditionExpression: 'attribute_not_exists(pk)' }", '{}'),
    ],
    noticedBy: ['lost-update', 'goes-back', 'behind'],
    test: named('storage/orders', 'is created by one of many writers'),
  },
  {
    name: 'ignore-source-time',
    harm: 'what arrives last wins, whatever the platform says of its age',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        'next.sourceTime !== known.sourceTime\n',
        'next.sourceTime !== known.sourceTime &&\n    next.sourceTime === 0\n',
      ),
    ],
    noticedBy: ['goes-back', 'behind', 'final-left'],
    test: named(
      'domain/merge',
      'believes the platform’s time before the progress of the status, and before who came last',
    ),
  },
  {
    name: 'arrival-before-status',
    harm: 'where a platform tells no time, a late push takes an order back',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        'return { apply: further === 0 ? apart >= 0 : further > 0 };',
        'return { apply: further < 9 };',
      ),
    ],
    noticedBy:
      'pushes of these worlds tell a time; what a platform without times answers is older by when it was asked',
    test: named('domain/merge', 'decides by progress, then by arrival, when a push names no newer time'),
  },
  {
    name: 'earlier-answer-counts',
    harm: 'where a platform tells no time, a page that was asked for earlier and came late takes an order back',
    patches: [
      patch(
        'functions/domain/order-row.ts',
        '!next.reread && next.observedAt < (known.answeredAt ?? 0))',
        '!next.reread && next.observedAt < 0)',
      ),
    ],
    noticedBy:
      'an order has to change between a page that comes late and a fetch that overtakes it: of eight hundred worlds none has that',
    test: named('domain/merge-answers', 'is not undone by the answer to an earlier question: %s, after %s'),
  },
  {
    name: 'no-clock-margin',
    harm: 'an event received just before a fetch counts as served by it, whatever the clocks say',
    patches: [
      patch(
        'functions/pipeline/refresh-request.ts',
        'const CLOCK_MARGIN_MS = 1000;',
        'const CLOCK_MARGIN_MS = -1500;',
      ),
    ],
    noticedBy: ['behind'],
    test: named(
      'pipeline/fetch',
      'are fetched for an event from less than a second before the last fetch, because clocks differ',
    ),
  },
  {
    name: 'observed-too-late',
    harm: 'a fetch is dated by its answer, so an event from in between counts as served',
    patches: [
      patch(
        'functions/pipeline/fetch-one.ts',
        'await connection.succeeded();',
        'about.observedAt = clock.now() + 1000;\n    await connection.succeeded();',
      ),
    ],
    noticedBy: ['behind', 'missing'],
    test: named('pipeline/fetch', 'are fetched for an event that came in while the last fetch was under way'),
  },
  {
    name: 'coalesce-anytime',
    harm: 'an event counts on a fetch that may have begun already',
    patches: [patch('functions/storage/pending-fetches.ts', '+ TOO_SOON_MS;', '- 60_000;')],
    noticedBy: ['behind', 'missing'],
    test: named('storage/pending-fetches', 'does not serve an event when it may begin in a moment'),
  },
  {
    name: 'forget-coalesced-events',
    harm: 'the owner of a pending fetch does not look whether others counted on it',
    patches: [
      patch('functions/pipeline/refresh-request.ts', 'ours ? (fetch?.staleSince ?? 0) : 0', 'ours ? 0 : 0'),
    ],
    noticedBy: ['behind', 'missing'],
    test: named(
      'pipeline/fetch',
      'are fetched again for an event that joined a waiting fetch, even when the order is fetched in between',
    ),
  },
];
