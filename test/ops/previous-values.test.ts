import { describe, expect, it } from 'vitest';
import { withPrevious } from '../../ops/previous-values.ts';

const SPEC = { previous: { secret: 'previousSecret' } };
const filled = (value: unknown) => ({ state: 'filled', value }) as const;

describe('a secret that is replaced', () => {
  it('keeps the value that it replaces', () => {
    expect(withPrevious(SPEC, filled({ secret: 'old' }), { secret: 'new' })).toEqual({
      secret: 'new',
      previousSecret: 'old',
    });
  });

  it('keeps one previous value, that of the last rotation', () => {
    const state = filled({ secret: 'old', previousSecret: 'older' });

    expect(withPrevious(SPEC, state, { secret: 'new' })).toEqual({ secret: 'new', previousSecret: 'old' });
  });

  it.each(['same', ' same\n'])('keeps the previous value where %j is given once more', (secret) => {
    const state = filled({ secret: 'same', previousSecret: 'older' });

    expect(withPrevious(SPEC, state, { secret })).toEqual({ secret, previousSecret: 'older' });
  });

  it.each(['', 'another'])('takes the previous value as it is given: %j', (previousSecret) => {
    const given = { secret: 'new', previousSecret };

    expect(withPrevious(SPEC, filled({ secret: 'old' }), given)).toEqual(given);
  });

  it('has no previous value where nobody had filled it in', () => {
    expect(withPrevious(SPEC, { state: 'unfilled' }, { secret: 'new' })).toEqual({ secret: 'new' });
  });

  it('has none of a field that no platform honours beside its new value', () => {
    expect(withPrevious({}, filled({ token: 'old' }), { token: 'new' })).toEqual({ token: 'new' });
  });
});
