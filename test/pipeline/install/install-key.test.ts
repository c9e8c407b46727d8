import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInstallKey } from '../../../functions/pipeline/install/install-key.ts';

const key = createInstallKey('the-key-of-a-merchant');

describe('the key of an installation link', () => {
  it('opens for itself alone', () => {
    fc.assert(fc.property(fc.string(), (guess) => key.opens(guess) === (guess === 'the-key-of-a-merchant')));
    expect([key.opens('the-key-of-a-merchant'), key.opens(undefined)]).toEqual([true, false]);
  });

  it('stands in the link as one parameter, whatever is in it', () => {
    const link = createInstallKey('a&b=c d').linkTo('/oauth/start');

    expect(new URL(link, 'https://acopio.test').searchParams.get('key')).toBe('a&b=c d');
  });
});

describe('a sealed state', () => {
  it('is known again, and is another each time', () => {
    const states = Array.from({ length: 100 }, () => key.seal());

    expect(states.every((state) => key.sealed(state))).toBe(true);
    expect(new Set(states).size).toBe(100);
    for (const state of states) expect(state).toMatch(/^[\w-]{44}$/);
  });

  it('is none that somebody made up, changed, or sealed with another key', () => {
    const state = key.seal();
    const changed = [...state].map((letter, at) => {
      const other = letter === 'A' ? 'B' : 'A';
      return state.slice(0, at) + other + state.slice(at + 1);
    });

    expect(changed.filter((one) => key.sealed(one))).toEqual([]);
    expect(key.sealed(createInstallKey('another-key').seal())).toBe(false);
    fc.assert(fc.property(fc.string(), (text) => !key.sealed(text)));
  });
});
