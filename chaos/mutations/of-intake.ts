import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes on the way from a platform to a row: what was taken on is lost, unseen, given to another store, or told. */
export const INTAKE: readonly Mutation[] = [
  {
    name: 'waiting-taken-for-a-loop',
    harm: 'Lambda takes a message that was sent again sixteen times for a loop, and ends it as a dead letter',
    patches: [
      patch(
        'lib/constructs/acopio-function.ts',
        'recursiveLoop: RecursiveLoop.ALLOW',
        'recursiveLoop: RecursiveLoop.TERMINATE',
      ),
    ],
    noticedBy: 'it is decided before anything runs, and the simulated account detects no loops',
    test: named(
      'lib/functions',
      'may be called again by what it sends: Lambda would take a message that waits for a loop after sixteen times',
    ),
  },
  {
    name: 'acknowledge-before-send',
    harm: 'a webhook is answered 200 while its bytes are still on the way to the queue',
    patches: [
      patch('functions/pipeline/receive.ts', 'await receiver.queue.send(', 'void receiver.queue.send('),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
    test: named(
      'pipeline/receive',
      'is answered 503 when the queue refuses, so that the platform sends it again',
    ),
  },
  {
    name: 'no-lease',
    harm: 'two pollers read a store at once, and neither knows which page is newer',
    patches: [
      patch(
        'functions/pipeline/poll.ts',
        'if (!(await lease.acquire(run.requestId, run.remainingMs() + 1000))) {',
        'await lease.acquire(run.requestId, run.remainingMs() + 1000);\n  if (run.requestId === "") {',
      ),
    ],
    noticedBy: ['two-readers', 'behind', 'goes-back'],
    test: named('pipeline/poll', 'never overlaps another run of the same store'),
  },
  {
    name: 'cut-off-read-untold',
    harm: 'a run that was cut off with a page in its hands is forgotten, and nobody looks for its orders',
    patches: [
      patch('functions/storage/watchful-lease.ts', 'onCutOff(held.holder.S);', 'void held.holder.S;'),
    ],
    noticedBy:
      'a call has to die between the answer with a page and the queue’s, and no later read may be told of: of four hundred worlds none has that',
    test: named(
      'pipeline/poll',
      'says that a page may be lost when the run before was cut off, and names that run',
    ),
  },
  {
    name: 'lost-read-untold',
    harm: 'a page is handed out, its answer gets lost, and nobody looks for its orders',
    patches: [
      patch(
        'functions/pipeline/poll.ts',
        'error instanceof PlatformError && error.outcomeUnknown && !NOTHING_DONE.has(error.status);',
        'error instanceof PlatformError && error.outcomeUnknown && error.status === 500;',
      ),
    ],
    noticedBy: ['lost-untold'],
    test: named(
      'pipeline/poll',
      'raises an alarm for a read whose answer is lost, says what to do, and does not repeat it',
    ),
  },
  {
    name: 'no-outbox',
    harm: 'a page that the queue refused after it was read is forgotten',
    patches: [patch('functions/pipeline/keep-page.ts', 'else await outbox.keep(left);', '')],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
    test: named(
      'pipeline/poll',
      'keeps a page that the queue refuses in the outbox, and sends it first in the next run, once',
    ),
  },
  {
    name: 'outbox-deleted-first',
    harm: 'a kept page is deleted before the queue has it',
    patches: [
      patch(
        'functions/storage/runs.ts',
        'const problem = await sendKept(queue, kept);\n        if (problem !== undefined) {',
        'await remove(kept);\n        const problem = await sendKept(queue, kept);\n        if (problem !== undefined) {',
      ),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
    test: named('storage/runs', 'keeps what the queue does not take, and what comes after it'),
  },
  {
    name: 'parse-before-durable',
    harm: 'a page is looked into before it is in the queue, so an unreadable one is lost',
    patches: [
      patch(
        'functions/pipeline/poll.ts',
        '    if (!isEmpty && !isLarge) await keepPage(poller, bytes, correlationId, run);\n',
        '    if (!summary.ok) throw new Error("unreadable");\n    if (!isEmpty && !isLarge) await keepPage(poller, bytes, correlationId, run);\n',
      ),
    ],
    noticedBy: ['poison-dropped'],
    test: named('pipeline/poll', 'queues a page that is none and stops, without reading again'),
  },
  {
    name: 'batch-failures-swallowed',
    harm: 'a message that failed is reported as done',
    patches: [
      patch(
        'functions/pipeline/batch.ts',
        'return { batchItemFailures: back.flat() };',
        'return { batchItemFailures: [] };',
      ),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
    test: named('pipeline/process', 'that is not one of our messages comes back, and stops no other'),
  },
  {
    name: 'chunks-overwrite-each-other',
    harm: 'of a large payload only one chunk is ever there',
    patches: [
      patch(
        'functions/storage/chunks.ts',
        'chunkKey(correlationId, sha256, chunk.index)',
        'chunkKey(correlationId, sha256, 0 * chunk.index)',
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named('storage/chunks', 'come together in any order, repeated or not'),
  },
  {
    name: 'noncharacters-as-text',
    harm: 'a character that no queue takes is sent as it is, and with it a whole page is refused',
    patches: [
      patch('functions/runtime/queue.ts', 'return lossless && CARRIED.test(text)', 'return lossless'),
      patch(
        'functions/runtime/queue.ts',
        '.replace(/[\\ufffe\\uffff]/g, (found) =>',
        '.replace(/no such text/g, (found) =>',
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named(
      'runtime/payload',
      'holds only what SQS takes, whatever its texts hold, and says the same when it is read',
    ),
  },
  {
    name: 'calls-without-an-end',
    harm: 'a queue that does not answer holds the function until it is ended, and with it the page that was read',
    patches: [
      patch(
        'functions/runtime/aws-clients.ts',
        '    requestTimeout: patience.answerMs,\n    socketTimeout: patience.answerMs,\n',
        '',
      ),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
    test: named(
      'runtime/aws-clients',
      'and never answers fails the call in time, after as many attempts as were allowed',
    ),
  },
  {
    name: 'unreadable-dropped',
    harm: 'what cannot be understood leaves no trace',
    patches: [
      patch(
        'functions/pipeline/order-writer.ts',
        "if ('review' in observation.reading)",
        "if (result.outcome === 'nothing')",
      ),
      patch(
        'functions/domain/merge.ts',
        "if ('review' in observation.reading)\n    return mergeUnreadable(current, observation, observation.reading.review, now);",
        "if ('review' in observation.reading) return { outcome: 'stale' };",
      ),
    ],
    noticedBy: ['poison-dropped'],
    test: named(
      'pipeline/order-writer',
      'makes one visible row of something unreadable, however often it comes',
    ),
  },
  {
    name: 'any-number',
    harm: 'a number that no table holds is written again and again, until its message is a dead letter',
    patches: [
      patch(
        'functions/platforms/reading/forms.ts',
        'const bounded = boundedQuantity(said);',
        'const bounded = boundedQuantity(said) ?? said;',
      ),
      patch(
        'functions/storage/orders.ts',
        'const number = unstorableNumber(row);',
        'const number = unstorableNumber(row);\n  if (row.revision > 0) return undefined;',
      ),
    ],
    noticedBy: ['dead-letter', 'poison-dropped'],
    test: named('storage/large-rows', 'for a number beyond the table (%d) is refused with its place'),
  },
  {
    name: 'first-store-for-all',
    harm: 'what comes in for one store is worked on as if it were of another',
    patches: [
      patch(
        'functions/pipeline/processor.ts',
        'const found = byId.get(storeId);',
        'const [found] = byId.values();',
      ),
    ],
    noticedBy: ['missing', 'behind', 'never-said'],
    test: named('pipeline/process', 'share a queue and nothing else: each event ends at its own store'),
  },
  {
    name: 'bytes-not-kept',
    harm: 'a row refers to bytes that are nowhere',
    patches: [
      patch(
        'functions/storage/orders.ts',
        'await client.send(new PutCommand({ TableName: table, Item }));',
        'void Item;',
      ),
    ],
    noticedBy: ['bytes-missing'],
    test: named('storage/raw-bytes', 'come back as they were, also when one item cannot hold them'),
  },
  {
    name: 'buyer-in-the-log',
    harm: 'a log line tells who bought',
    patches: [
      patch(
        'functions/pipeline/order-writer.ts',
        "else log.info('order recorded', fields);",
        "else log.info('order recorded', { ...fields, buyer: JSON.stringify(result.row?.personal) });",
      ),
    ],
    noticedBy: ['personal-data'],
    test: named('pipeline/order-writer', 'logs ids, never the person'),
  },
  {
    name: 'quoted-errors',
    harm: "a log line quotes what could not be parsed, with a buyer's name in it",
    patches: [
      patch(
        'functions/runtime/describe-error.ts',
        'const codes = codesOf(error);',
        "const codes = codesOf(error);\n  return error.name + ': ' + error.message + codes.join();",
      ),
    ],
    noticedBy: ['personal-data'],
    test: named('runtime/describe-error', 'of %s, is no more than %3$s'),
  },
];
