import type { Asked, NotPassed, ThroughOutcome } from '../../outbound/pass-through.ts';
import { Problem } from './problem.ts';

const inSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** The problem of a call that brought no answer of the platform's. */
export function problemOf(outcome: Exclude<ThroughOutcome, { outcome: 'answered' | 'unknown' }>): Problem {
  if (outcome.outcome === 'refused') {
    const { status, detail, said } = outcome;
    return new Problem('platform-refused', {
      detail: detail ?? 'The platform says no. "platformSays" has its words, where it has any.',
      members: {
        ...(status === undefined ? {} : { platformStatus: status }),
        ...(said === undefined ? {} : { platformSays: said }),
      },
    });
  }
  return notPassed(outcome);
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
    });
  throw problemOf(asked);
}

function notPassed(outcome: NotPassed): Problem {
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
        detail: `Nobody calls the platform now. ${outcome.reason}`,
        retryAfter: inSeconds(outcome.retryAfterMs),
      });
    case 'busy':
    case 'unavailable':
      return new Problem('platform-busy', {
        detail: 'The limit of the platform leaves no room, or it does not answer. Nothing was done.',
        retryAfter: inSeconds(outcome.retryAfterMs),
      });
  }
}
