import { type Mutation, patch } from './mutation.ts';

/** Mistakes with calls: limits, pauses, failures and reconciliation. */
export const CALLS: readonly Mutation[] = [
  {
    name: 'count-waits-as-receives',
    harm: 'a message that waits for a token fails instead, until it is a dead letter',
    patches: [
      patch(
        'functions/pipeline/old/nuvemshop-consumer.ts',
        'else await sendToWait(consumer, group, verdict.delaySeconds, verdict.scheduledAt);',
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
        'functions/pipeline/old/nuvemshop-consumer.ts',
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
        'functions/pipeline/old/nuvemshop-consumer.ts',
        'if (!permission.allowed) {',
        'if (!permission.allowed && permission.retryAt === 0) {',
      ),
    ],
    noticedBy: ['called-while-paused'],
  },
  {
    name: 'no-token-needed',
    harm: 'calls are made whether the bucket has room or not',
    patches: [
      patch(
        'functions/pipeline/old/nuvemshop-consumer.ts',
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
        'functions/pipeline/old/nuvemshop-parts.ts',
        'tableName: env.CONTROL_TABLE }),',
        'tableName: String(Math.random()) }),',
      ),
    ],
    noticedBy: ['over-limit'],
  },
  {
    name: 'throttled-counts-as-failed',
    harm: 'an order that was throttled for hours is given up as failing',
    patches: [patch('functions/pipeline/failure-policy.ts', ' && !error.throttled) {', ') {')],
    noticedBy: ['behind', 'missing'],
  },
  {
    name: 'reconcile-repairs-nothing',
    harm: 'a reconciliation counts what is missing and leaves it so',
    patches: [
      patch('functions/pipeline/old/reconcile-nuvemshop.ts', 'if (dryRun) return;', 'if (!dryRun) return;'),
    ],
    noticedBy: ['missing', 'behind'],
  },
];
