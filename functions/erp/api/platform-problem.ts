import type { Asked, NotPassed, ThroughOutcome } from '../../outbound/pass-through.ts';
import { Problem, type RetryAdvice } from './problem.ts';

const inSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** What became of work that was not ended, for whoever waits for it. */
const doneOf = (done: readonly string[]): string =>
  done.length === 0
    ? 'Nothing was done.'
    : `Done before that: ${done.join(', ')}. Send the same request again: it does what is left, and nothing twice.`;

/** The same, behind a sentence that does not say whether anything was done. */
const behind = (done: readonly string[]): string => (done.length === 0 ? '' : ` ${doneOf(done)}`);

/**
 * The problem of a call that brought no answer of the platform's.
 *
 * @param done what earlier calls of the same request brought about
 */
export function problemOf(
  outcome: Exclude<ThroughOutcome, { outcome: 'answered' | 'unknown' }>,
  done: readonly string[] = [],
): Problem {
  if (outcome.outcome === 'refused') {
    const { status, detail, said } = outcome;
    return new Problem('platform-refused', {
      detail: `${detail ?? 'The platform says no. "platformSays" has its words, where it has any.'}${behind(done)}`,
      members: {
        ...(status === undefined ? {} : { platformStatus: status }),
        ...(said === undefined ? {} : { platformSays: said }),
      },
    });
  }
  return notPassed(outcome, done);
}

/** What work at a store came to. @throws Problem where it came to nothing */
export function answered<T>(asked: Asked<T> | { readonly outcome: 'none' }): T {
  if (asked.outcome === 'answered') return asked.value;
  if (asked.outcome === 'none')
    throw new Problem('endpoint-unknown', {
      detail: 'The platform has none that can be read or written. docs/platforms.md says what it has.',
    });
  if (asked.outcome === 'unknown')
    throw new Problem('outcome-unknown', {
      detail:
        'The platform may have done it, and did not say so. Send it again: what is there by then is not done twice.',
      // Work at a store looks before it calls; a call that is passed on does not.
      members: { retry: 'same-key' satisfies RetryAdvice },
    });
  throw problemOf(asked, asked.done);
}

function notPassed(outcome: NotPassed, done: readonly string[]): Problem {
  switch (outcome.outcome) {
    case 'endpoint-unknown':
      return new Problem('endpoint-unknown', {
        detail: 'No row of the platform has this method and path. docs/platforms.md lists them.',
      });
    case 'kept':
      return new Problem('endpoint-kept', { detail: outcome.reason });
    case 'body-refused':
      return new Problem('request-invalid', {
        detail: 'The body is not passed on; "errors" says why. Nothing was done.',
        errors: [{ pointer: '/body', code: 'rule', detail: outcome.reason }],
      });
    case 'scope-missing':
      return new Problem('scope-missing', {
        detail: `The token lacks ${outcome.scopes.join(', ')}. The operator makes one that has it.`,
        members: { scope: outcome.scopes.join(' ') },
      });
    case 'stopped':
      return new Problem('platform-stopped', {
        detail: `Nobody calls the platform now. ${outcome.reason}${behind(done)}`,
        retryAfter: inSeconds(outcome.retryAfterMs),
      });
    case 'busy':
    case 'unavailable':
      return new Problem('platform-busy', {
        detail: `The limit of the platform leaves no room, or it does not answer. ${doneOf(done)}`,
        retryAfter: inSeconds(outcome.retryAfterMs),
      });
  }
}
