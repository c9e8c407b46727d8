import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes with what is remembered between two messages, or two runs. */
export const MEMORY: readonly Mutation[] = [
  {
    name: 'oldest-event-decides',
    harm: 'of the events of a batch the oldest decides whether the order has to be fetched',
    patches: [
      patch(
        'functions/pipeline/refresh-request.ts',
        'receivedAt: Math.max(...messages.map(',
        'receivedAt: Math.min(...messages.map(',
      ),
    ],
    noticedBy: ['behind', 'missing'],
    test: named(
      'pipeline/fetch',
      'are fetched when the newest of a batch is newer than the last fetch, however old the others are',
    ),
  },
  {
    name: 'look-again-never-sent',
    harm: 'what the platform said does not fit together, and is not asked for once more',
    patches: [
      patch(
        'functions/pipeline/fetch-one.ts',
        'await queue.send(anew(message, clock.now()), inSeconds);',
        'void anew;',
      ),
    ],
    noticedBy: ['behind'],
    test: named(
      'pipeline/fetch',
      'are looked at again when the platform said two things within the same second',
    ),
  },
  {
    name: 'bytes-expire-in-ms',
    harm: 'the platform’s bytes are given an expiry in ms, and stay for ever',
    patches: [
      patch(
        'functions/storage/orders.ts',
        'const expiresAt = Math.floor(now() / 1000) + keepDays * 24 * 3600;',
        'const expiresAt = now() + keepDays * 24 * 3_600_000;',
      ),
    ],
    noticedBy: ['bytes-expiry'],
    test: named(
      'storage/raw-bytes',
      'expire at a time in seconds, because a table deletes nothing by another unit',
    ),
  },
  {
    name: 'bytes-expire-in-hours',
    harm: 'the platform’s bytes are kept for as many hours as days are meant',
    patches: [patch('functions/storage/orders.ts', ' + keepDays * 24 * 3600;', ' + keepDays * 3600;')],
    noticedBy: ['bytes-expiry'],
    test: named(
      'storage/raw-bytes',
      'are listed, the copy that expires last first, and expire after the configured days',
    ),
  },
  {
    name: 'first-correlation-id-stays',
    harm: 'a row names the message that made it, not the one that changed it last',
    patches: [
      patch(
        'functions/domain/merged-row.ts',
        '    order: publicOrder,\n    ...storedRaw(current, observation),',
        '    order: publicOrder,\n    correlationId: current?.correlationId ?? observation.correlationId,\n    ...storedRaw(current, observation),',
      ),
    ],
    noticedBy: 'the order is right; only a person who searches the log is misled',
    test: named(
      'domain/merge',
      'names the message of its last change, so that a person finds that in the log',
    ),
  },
  {
    name: 'backfill-mark-cleared-first',
    harm: 'a run that dies early has cleared what it was asked to go back to',
    patches: [
      patch(
        'functions/pipeline/reconcile/work.ts',
        'for (const state of states) if (isAsked(state.scan)) await store(worker, state);\n    if (mark !== undefined) await backfill.clear(mark);',
        'if (mark !== undefined) await backfill.clear(mark);\n    for (const state of states) if (isAsked(state.scan)) await store(worker, state);',
      ),
    ],
    noticedBy: 'each world ends with reconciliations that go back further than a world lasts',
    test: named('pipeline/reconcile/reconcile', 'keeps a mark until what it asks for is written down'),
  },
  {
    name: 'newer-backfill-mark-cleared',
    harm: 'a request to go back is cleared together with an older one',
    patches: [
      patch(
        'functions/storage/backfill-requests.ts',
        "'requestedAt = :requestedAt AND #from = :from'",
        "'requestedAt >= :requestedAt OR #from = :from'",
      ),
    ],
    noticedBy: 'each world ends with reconciliations that go back further than a world lasts',
    test: named('storage/reconcile', 'stays when another was made since it was read'),
  },
  {
    name: 'wait-written-after-sending',
    harm: 'a message waits for its order before that is written down',
    patches: [
      patch(
        'functions/pipeline/waiting.ts',
        'await pending.schedule(subject, fetch, request.pending);',
        'setTimeout(() => void pending.schedule(subject, fetch, request.pending), 50);',
      ),
    ],
    noticedBy: 'the shortest wait is longer than the longest write in these worlds',
    test: named(
      'pipeline/fetch',
      'are waited for in writing before their message is sent, because the others are gone once it is',
    ),
  },
  {
    name: 'coalesce-unconditionally',
    harm: 'an event joins a fetch that somebody else moved meanwhile',
    patches: [
      patch(
        'functions/storage/pending-fetches.ts',
        "'#owner = :owner AND scheduledAt > :soon AND staleSince = :seen'",
        "'attribute_exists(pk) OR #owner = :owner OR scheduledAt > :soon OR staleSince = :seen'",
      ),
    ],
    noticedBy:
      'between the look at a waiting fetch and the write that joins it lie milliseconds there, and only one that begins 3.5 s later or more is joined',
    test: named('storage/pending-fetches', 'does not serve an event while which was looked at %s'),
  },
  {
    name: 'reschedule-forgets-who-joined',
    harm: 'a fetch that waits anew forgets the events that count on it',
    patches: [
      patch(
        'functions/storage/pending-fetches.ts',
        'Math.max(mine.staleSince, pending?.staleSince ?? 0)',
        'Math.max(mine.staleSince, 0)',
      ),
    ],
    noticedBy: ['behind', 'missing'],
    test: named(
      'storage/pending-fetches',
      'still knows of the events that joined it when its owner waits anew',
    ),
  },
  {
    name: 'outbox-chunks-under-one-key',
    harm: 'of a large page that the queue refused only one chunk is kept',
    patches: [
      patch(
        'functions/storage/control-keys.ts',
        'chunkNumber(message.chunk)',
        'chunkNumber(0 * message.chunk)',
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named('storage/runs', 'keeps every chunk of a page that one message cannot carry'),
  },
  {
    name: 'parts-expire-under-their-message',
    harm: 'a payload whose last part lay in the dead letters for two weeks is waited for for ever',
    patches: [
      patch(
        'functions/storage/chunks.ts',
        'await keepOn(chunksPk(correlationId, sha256), found);',
        'void keepOn;',
      ),
    ],
    noticedBy: 'no message lies in the dead letters for two weeks in these worlds',
    test: named('storage/chunks', 'outlive each message that fails and is sent again, however often'),
  },
];
