import type { Invariant } from '../invariants/violation.ts';

/** One change of a source file: a text that stands in it exactly once, and what stands there instead. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** A mistake that somebody could make in our functions. */
export interface Mutation {
  name: string;
  /** What goes wrong with it, for the table. */
  harm: string;
  patches: readonly Patch[];
  /** Invariants that may notice it; the run shows which one did. */
  noticedBy: readonly Invariant[];
}

const patch = (file: string, find: string, replace: string): Patch => ({ file, find, replace });

/** Mistakes that the simulated worlds must notice. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'acknowledge-before-send',
    harm: 'a webhook is answered 200 while its bytes are still on the way to the queue',
    patches: [
      patch('functions/intake/receive.ts', 'await receiver.queue.send(', 'void receiver.queue.send('),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
  },
  {
    name: 'no-lease',
    harm: 'two pollers read iMotriz at once, and neither knows which page is newer',
    patches: [
      patch(
        'functions/intake/poll.ts',
        'if (!(await lease.acquire(run.runId, run.remainingMs() + 1000))) {',
        'await lease.acquire(run.runId, run.remainingMs() + 1000);\n  if (run.runId === "") {',
      ),
    ],
    noticedBy: ['two-readers', 'behind', 'goes-back'],
  },
  {
    name: 'no-spool',
    harm: 'a page that the queue refused after it was read is forgotten',
    patches: [patch('functions/intake/poll.ts', 'await poller.spool.keep(messages.slice(index));', '')],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
  },
  {
    name: 'spool-deleted-first',
    harm: 'a kept page is deleted before the queue has it',
    patches: [
      patch(
        'functions/intake/spool.ts',
        'await queue.send(message);\n        await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));',
        'await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));\n        await queue.send(message);',
      ),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
  },
  {
    name: 'parse-before-durable',
    harm: 'a page is looked into before it is in the queue, so an unreadable one is lost',
    patches: [
      patch(
        'functions/intake/poll.ts',
        '    await makeDurable(poller, bytes, correlationId);\n',
        '    if (!poller.summarise(bytes).ok) throw new Error("unreadable");\n    await makeDurable(poller, bytes, correlationId);\n',
      ),
    ],
    noticedBy: ['poison-dropped'],
  },
  {
    name: 'no-revision-condition',
    harm: 'a row is written over one that somebody else wrote meanwhile',
    patches: [
      patch(
        'functions/orders/store.ts',
        "({\n  ConditionExpression: 'revision = :expected',\n  ExpressionAttributeValues: { ':expected': expected },\n});",
        '(expected < 0 ? { ConditionExpression: "" } : {});',
      ),
    ],
    noticedBy: ['lost-update', 'goes-back', 'behind'],
  },
  {
    name: 'no-create-condition',
    harm: 'two first sightings of an order overwrite each other',
    patches: [
      patch('functions/orders/store.ts', "{ ConditionExpression: 'attribute_not_exists(pk)' }", '{}'),
    ],
    noticedBy: ['lost-update', 'goes-back', 'behind'],
  },
  {
    name: 'ignore-source-time',
    harm: 'what arrives last wins, whatever the platform says of its age',
    patches: [
      patch(
        'functions/orders/merge.ts',
        'if (time !== undefined && before !== undefined && time !== before)',
        'if (time !== undefined && before !== undefined && time !== before && time === 0)',
      ),
    ],
    noticedBy: ['goes-back', 'behind', 'final-left'],
  },
  {
    name: 'leave-final',
    harm: 'a cancelled or delivered order comes back to life',
    patches: [
      patch('functions/orders/merge.ts', 'if (leavesFinal) return', 'if (leavesFinal && again) return'),
    ],
    noticedBy: ['final-left'],
  },
  {
    name: 'arrival-before-status',
    harm: 'where a platform tells no time, a late page takes an order back',
    patches: [
      patch(
        'functions/orders/merge.ts',
        'return { apply: further === 0 ? apart >= 0 : further > 0 };',
        'return { apply: further < 9 };',
      ),
    ],
    noticedBy: ['goes-back', 'final-left', 'behind'],
  },
  {
    name: 'count-waits-as-receives',
    harm: 'a message that waits for a token fails instead, until it is a dead letter',
    patches: [
      patch(
        'functions/orders/nuvemshop-consumer.ts',
        'else await sendToWait(consumer, group, verdict.delaySeconds, verdict.turn);',
        'else throw new Error("no token now");',
      ),
    ],
    noticedBy: ['dead-letter'],
  },
  {
    name: 'pause-counts-as-failure',
    harm: 'while a platform is paused, its messages use up their receives',
    patches: [
      patch(
        'functions/orders/nuvemshop-consumer.ts',
        'return groups.map((group) => ({ group, run: () => sendToWait(consumer, group, seconds) }));',
        'throw new Error(String(seconds));',
      ),
    ],
    noticedBy: ['dead-letter'],
  },
  {
    name: 'pause-ignored',
    harm: 'a platform that refused the credential is asked on and on',
    patches: [
      patch(
        'functions/orders/nuvemshop-consumer.ts',
        'if (!passage.go) {',
        'if (!passage.go && passage.retryAt === 0) {',
      ),
    ],
    noticedBy: ['called-while-paused'],
  },
  {
    name: 'no-token-needed',
    harm: 'calls are made whether the bucket has room or not',
    patches: [
      patch(
        'functions/orders/nuvemshop-consumer.ts',
        'if (verdict.go) await',
        'if (verdict.id !== "") await',
      ),
    ],
    noticedBy: ['over-limit'],
  },
  {
    name: 'bucket-of-its-own',
    harm: 'every container counts its calls for itself',
    patches: [
      patch(
        'functions/orders/nuvemshop-parts.ts',
        'tableName: env.CONTROL_TABLE }),',
        'tableName: String(Math.random()) }),',
      ),
    ],
    noticedBy: ['over-limit'],
  },
  {
    name: 'throttled-counts-as-failed',
    harm: 'an order that was throttled for hours is given up as failing',
    patches: [patch('functions/orders/failure-policy.ts', ' && !error.throttled) {', ') {')],
    noticedBy: ['behind', 'missing'],
  },
  {
    name: 'no-clock-margin',
    harm: 'an event received just before a fetch counts as served by it, whatever the clocks say',
    patches: [
      patch(
        'functions/orders/nuvemshop-dirty.ts',
        'const CLOCK_MARGIN_MS = 1000;',
        'const CLOCK_MARGIN_MS = -1500;',
      ),
    ],
    noticedBy: ['behind'],
  },
  {
    name: 'stale-as-of',
    harm: 'a fetch is dated by its answer, so an event from in between counts as served',
    patches: [
      patch(
        'functions/orders/nuvemshop-fetch.ts',
        'await fetcher.pause.resume();',
        'sighting.asOf = clock.now() + 1000;\n    await fetcher.pause.resume();',
      ),
    ],
    noticedBy: ['behind', 'missing'],
  },
  {
    name: 'join-anytime',
    harm: 'an event joins a fetch that may have begun already',
    patches: [patch('functions/orders/pending-fetches.ts', '+ TOO_SOON_MS;', '- 60_000;')],
    noticedBy: ['behind', 'missing'],
  },
  {
    name: 'join-itself',
    harm: 'a message that comes back joins its own pending fetch, and nobody fetches',
    patches: [
      patch('functions/orders/nuvemshop-dirty.ts', 'if (!stoodInLine && !ours && (await', 'if ((await'),
      patch('functions/orders/pending-fetches.ts', ' || pending.owner === me ||', ' ||'),
    ],
    noticedBy: ['behind', 'missing'],
  },
  {
    name: 'forget-joined-events',
    harm: 'the owner of a pending fetch does not look whether others counted on it',
    patches: [
      patch('functions/orders/nuvemshop-dirty.ts', 'ours ? (pending?.dirtyAt ?? 0) : 0', 'ours ? 0 : 0'),
    ],
    noticedBy: ['behind', 'missing'],
  },
  {
    name: 'batch-failures-swallowed',
    harm: 'a message that failed is reported as done',
    patches: [
      patch(
        'functions/orders/deliveries.ts',
        'return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };',
        'return { batchItemFailures: [] };',
      ),
    ],
    noticedBy: ['missing', 'behind', 'poison-dropped'],
  },
  {
    name: 'parts-not-awaited',
    harm: 'a large payload is opened when only some of its parts are there',
    patches: [patch('functions/payload/parts.ts', 'parts.length < count', 'parts.length < 1')],
    noticedBy: ['dead-letter', 'missing', 'behind', 'poison-dropped'],
  },
  {
    name: 'unreadable-dropped',
    harm: 'what cannot be understood leaves no trace',
    patches: [
      patch(
        'functions/orders/record.ts',
        "if ('attention' in sighting.said)",
        "if (result.outcome === 'nothing')",
      ),
      patch(
        'functions/orders/merge.ts',
        "if ('attention' in sighting.said) return mergeAttention(current, sighting, sighting.said.attention, now);",
        "if ('attention' in sighting.said) return { outcome: 'stale' };",
      ),
    ],
    noticedBy: ['poison-dropped'],
  },
  {
    name: 'bytes-not-kept',
    harm: 'a row refers to bytes that are nowhere',
    patches: [
      patch(
        'functions/orders/raw-store.ts',
        'await client.send(new PutCommand({ TableName: table, Item }));',
        'void Item;',
      ),
    ],
    noticedBy: ['bytes-missing'],
  },
  {
    name: 'buyer-in-the-log',
    harm: 'a log line tells who bought',
    patches: [
      patch(
        'functions/orders/record.ts',
        "else log.info('order recorded', fields);",
        "else log.info('order recorded', { ...fields, buyer: JSON.stringify(result.row?.personal) });",
      ),
    ],
    noticedBy: ['personal-data'],
  },
  {
    name: 'reconcile-repairs-nothing',
    harm: 'a reconciliation counts what is missing and leaves it so',
    patches: [patch('functions/reconcile/nuvemshop.ts', 'if (dryRun) return;', 'if (!dryRun) return;')],
    noticedBy: ['missing', 'behind'],
  },
  {
    name: 'watermark-before-repair',
    harm: 'a stretch of time counts as compared although a repair in it failed',
    patches: [
      patch('functions/reconcile/nuvemshop.ts', 'safe = false;\n      tally', 'safe = true;\n      tally'),
    ],
    noticedBy: ['missing', 'behind'],
  },
];
