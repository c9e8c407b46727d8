import { type Mutation, named, patch } from './mutation.ts';

/** Mistakes in what people ask for: erasure, replay, and dead letters that are sent back. */
export const OPERATOR: readonly Mutation[] = [
  {
    name: 'erased-person-comes-back',
    harm: 'the next observation of an erased order brings its person back',
    patches: [
      patch(
        'functions/domain/merge.ts',
        'current?.erased === undefined ? whole : { ...whole, personal: {} };',
        'whole;',
      ),
      patch(
        'functions/domain/merged-row.ts',
        ': { erased: current.erased }),\n    ...(sourceTime',
        ': { erased: current.erased, personal }),\n    ...(sourceTime',
      ),
    ],
    noticedBy: ['erased-person'],
    test: named('pipeline/erased', 'never has it again, in whatever order observations of it come'),
  },
  {
    name: 'erasure-leaves-the-bytes',
    harm: 'the platform’s bytes of an erased order stay until they expire',
    patches: [
      patch(
        'functions/pipeline/privacy/erase.ts',
        '  await raws.forget(key);\n  await commands.erase(key);\n',
        '  await commands.erase(key);\n',
      ),
    ],
    noticedBy: ['erased-person'],
    test: named(
      'pipeline/erased',
      'has no bytes of the platform left, also when nothing comes of it any more',
    ),
  },
  {
    name: 'erasure-leaves-no-mark',
    harm: 'the erasure of an order that is not here yet is forgotten',
    patches: [
      patch(
        'functions/pipeline/privacy/erase.ts',
        "    if (row?.erased !== undefined) return 'erased-before';\n",
        "    if (row?.erased !== undefined) return 'erased-before';\n    if (row === undefined) return 'not-held';\n",
      ),
    ],
    noticedBy: ['erased-person'],
    test: named('pipeline/erased', 'is remembered when it was not here yet'),
  },
  {
    name: 'replay-dated-now',
    harm: 'stored bytes count as if the platform had said them today',
    patches: [
      patch(
        'functions/pipeline/replay/replay.ts',
        'observedAt: row.observedAt })',
        'observedAt: replayer.clock.now() + 3_600_000 })',
      ),
    ],
    noticedBy: ['behind'],
    test: named('pipeline/replay/replay', 'never puts an older content over a newer one'),
  },
  {
    name: 'redrive-deletes-first',
    harm: 'a dead letter is deleted before the queue has it again',
    patches: [
      patch(
        'functions/pipeline/replay/dead-letters.ts',
        'const { Body: MessageBody, MessageAttributes } = message;',
        'const { Body: MessageBody, MessageAttributes } = message;\n        await remove(message);',
      ),
    ],
    noticedBy: ['missing', 'behind'],
    test: named(
      'pipeline/replay/dead-letters',
      'are lost by no interruption: each is in one of the queues, or in both (%s)',
    ),
  },
  {
    name: 'redrive-leaves-them',
    harm: 'a dead letter that was sent back stays where it was',
    patches: [
      patch(
        'functions/pipeline/replay/dead-letters.ts',
        '// Only now: interrupted in between it is in both queues, and coming twice does no harm.\n        await remove(message);',
        '',
      ),
    ],
    noticedBy: ['dead-letter'],
    test: named('pipeline/replay/dead-letters', 'go back as they were, every one'),
  },
];
