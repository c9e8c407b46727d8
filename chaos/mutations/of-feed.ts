import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes on the way from the rows to the merchant's own system. */
export const FEED: readonly Mutation[] = [
  {
    name: 'page-over-page',
    harm: 'two publishers write one page over the other',
    patches: [
      patch('functions/storage/feed-pages.ts', "ConditionExpression: 'attribute_not_exists(pk)',", ''),
    ],
    worlds: 'feed',
    noticedBy: ['feed-rewritten'],
    test: named('storage/feed', 'is numbered without a gap by writers that know nothing of each other'),
  },
  {
    name: 'read-on-over-a-gap',
    harm: 'whoever reads takes a query for a snapshot, and passes over what came while it lasted',
    patches: [
      patch(
        'functions/storage/feed.ts',
        'if (page.from > place().seq + 1 || page.closed) break;',
        'if (page.closed) break;',
      ),
      patch('functions/storage/feed.ts', 'if (page.from === place().seq + 1) take(page);', 'take(page);'),
    ],
    worlds: 'feed',
    noticedBy: ['feed-gap'],
    test: named('storage/feed-reader', 'cuts at the first number that does not follow'),
  },
  {
    name: 'place-moves-first',
    harm: 'a system that reads the feed notes how far it came before it has booked what it was told',
    patches: [
      patch(
        'chaos/world/feed-client.ts',
        'await own(() => known.told(epoch, events));\n          await move(next);',
        'await move(next);\n          await own(() => known.told(epoch, events));',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['feed-gap'],
    test: 'the system that reads is the simulated one',
  },
  {
    name: 'failed-batch-as-done',
    harm: 'changes that could not be published are reported as published',
    patches: [
      patch(
        'functions/erp/publish.ts',
        'return { batchItemFailures: [{ itemIdentifier }] };',
        'return { batchItemFailures: itemIdentifier === undefined ? [{ itemIdentifier }] : [] };',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['feed-missing'],
    test: named(
      'erp/publish',
      'lets the batch come again from the first record on whose event is not in the feed',
    ),
  },
  {
    name: 'pointer-never-raised',
    harm: 'nothing says for good which numbers were given',
    patches: [
      patch(
        'functions/storage/feed-writer.ts',
        'const raised = await raisePointer(options, pointer);',
        'const raised = (await Promise.resolve(raisePointer)) !== undefined;',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['feed-reset', 'feed-rewritten', 'feed-gap'],
    test: named('storage/feed', 'raises its pointer once in a hundred pages'),
  },
  {
    name: 'epoch-kept-after-restore',
    harm: 'after a restore numbers that were given come again',
    patches: [
      patch(
        'functions/storage/feed-epoch.ts',
        'if (pointer !== undefined) {',
        'if (pointer !== undefined) return pointer;\n  if (pointer !== undefined) {',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['feed-rewritten'],
    test: named('storage/feed-reader', 'ends for writers that have not heard of the next one'),
  },
  {
    name: 'state-makes-no-event',
    harm: 'an order that begins or ends to need review is told to nobody',
    patches: [patch('functions/domain/event-count.ts', 'row.state !== before.state ||', '')],
    worlds: 'feed',
    noticedBy: ['feed-missing'],
    test: named('domain/event-count', 'of a row that %s'),
  },
  {
    name: 'event-named-by-version',
    harm: 'a change of state has the id of the change of content before it, and readers pass over it',
    patches: [
      patch(
        'functions/erp/event-of.ts',
        "id: eventId(key, 'order', epoch, now.eventCount),",
        "id: eventId(key, 'order', epoch, now.version),",
      ),
    ],
    noticedBy: ['feed-id', 'feed-missing'],
    test: named('erp/event-of', 'has an id of its own for every change that is counted'),
  },
  {
    name: 'person-in-an-event',
    harm: 'an event holds who bought',
    patches: [
      patch(
        'functions/erp/event-of.ts',
        '    version: now.version,\n    ...(type',
        '    version: now.version,\n    person: now.personal,\n    ...(type',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['feed-personal'],
    test: named('erp/event-of', 'is an event for whatever stands in a row, without a value of it'),
  },
  {
    name: 'cursor-passes-unanswered',
    harm: 'how far an endpoint has come is noted beyond what it did not answer',
    patches: [
      patch(
        'functions/erp/webhooks/window.ts',
        'waiting.size + underWay.size === 0 ? last : lowest() - 1',
        'waiting.size + underWay.size < 0 ? lowest() - 1 : last',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['undelivered'],
    test: named(
      'erp/webhooks/outcomes',
      'takes every event, or it is set aside by the rule; in order per key; the cursor passes none',
    ),
  },
  {
    name: 'endpoint-in-no-epoch',
    harm: 'an endpoint that was added before the first event never stands in an epoch, and after a restore its number means another event',
    patches: [patch('functions/erp/webhooks/session.ts', 'if (state.epoch === 0)', 'if (state.epoch < 0)')],
    noticedBy:
      'of those tried (7, 13 and 17 of the feed) none sees it: where an epoch begins, the catch-up that follows tells everything anew',
    test: named(
      'erp/webhooks/deliver',
      'is counted in the first epoch once there is one, where it was added before',
    ),
  },
  {
    name: 'one-key-at-once',
    harm: 'two events of an order are sent at the same time, and the endpoint may see them in any order',
    patches: [
      patch(
        'functions/erp/webhooks/window.ts',
        'if (than.has(event.seq) || taken.has(event.key)) continue;',
        'if (than.has(event.seq)) continue;',
      ),
    ],
    worlds: 'feed',
    noticedBy: ['delivered-at-once', 'feed-order'],
    test: named('erp/webhooks/deliver', 'goes out up to eight at a time, never two of one key: %i keys'),
  },
  {
    name: 'endpoint-lease-ignored',
    harm: 'two runs work on one endpoint',
    patches: [
      patch(
        'functions/storage/endpoints.ts',
        "'(attribute_not_exists(leaseOwner) OR leaseUntil < :over OR leaseOwner = :owner)'",
        "'(attribute_not_exists(leaseOwner) OR leaseUntil <> :over OR leaseOwner = :owner)'",
      ),
    ],
    worlds: 'feed',
    noticedBy: ['delivered-at-once', 'feed-order', 'undelivered'],
    test: named('erp/webhooks/deliver', 'is sent by one run at a time'),
  },
  {
    name: 'probe-without-backoff',
    harm: 'an endpoint that is down is called every few seconds',
    patches: [
      patch('functions/erp/webhooks/outcome.ts', '[5_000, 30_000, 300_000]', '[5_000, 30_000, 30_000]'),
    ],
    worlds: 'feed',
    noticedBy: ['probed-often'],
    test: named(
      'erp/webhooks/outcomes',
      'cost two quick tries and then one call per five minutes; afterwards everything comes, in order',
    ),
  },
  {
    name: 'lease-not-for-its-own-run',
    harm: 'an endpoint whose lease was given and not answered is sent nothing until it is over',
    patches: [
      patch(
        'functions/storage/endpoints.ts',
        'OR leaseUntil < :over OR leaseOwner = :owner)',
        'OR leaseUntil < :over OR leaseOwner = :over)',
      ),
    ],
    worlds: 'feed',
    noticedBy: 'the events come two minutes later',
    test: named('storage/endpoints', 'is leased to the run that asks again because the answer was lost'),
  },
];
