import type { StackState } from './stacks.ts';

/** A create that failed: nothing of it was ever in use. */
const NEVER_STOOD = new Set([
  'CREATE_FAILED',
  'DELETE_FAILED',
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
]);

/** Whether a deployment creates this stack, also after a create that failed. */
export const isToCreate = (stack: StackState | undefined): boolean =>
  stack === undefined || NEVER_STOOD.has(stack.status);

/** What a deployment does with the exports of one part. */
interface Exports {
  readonly deployed: readonly string[];
  readonly synthesized: readonly string[];
}

/**
 * In which steps a deployment goes: all parts at once, or one part after another. CloudFormation keeps an export for as
 * long as another stack imports it. When some go, the parts that import them have to go first.
 *
 * @returns `conflict` when exports go and others come at once: no order of steps does both.
 */
export function stepsOf(exports: readonly Exports[]): 'all at once' | 'importers first' | 'conflict' {
  const gone = exports.some(({ deployed, synthesized }) =>
    deployed.some((name) => !synthesized.includes(name)),
  );
  if (!gone) return 'all at once';
  const come = exports.some(({ deployed, synthesized }) =>
    synthesized.some((name) => !deployed.includes(name)),
  );
  return come ? 'conflict' : 'importers first';
}
