import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { once, verifyWithRotation } from '../../functions/pipeline/webhook-request.ts';
import { keptLog, movedClock } from '../support/fakes.ts';

/** A secret store that counts its reads; `held` is what this instance read last. */
function rotation(stored: string[]) {
  const clock = movedClock();
  const state = { stored, held: stored, reads: 0, failing: false };
  const log = keptLog();
  const secret = {
    get: async () => state.held,
    fresh: async () => {
      state.reads += 1;
      if (state.failing) throw new Error('no answer');
      state.held = state.stored;
      return state.held;
    },
  };
  const verify = verifyWithRotation(
    secret,
    {
      secrets: (value) => [...(value as string[]), '', undefined],
      verify: ({ headers }, secrets) =>
        secrets.includes(headers.verification ?? '') ? { valid: true } : { valid: false, reason: 'wrong' },
    },
    { clock, log },
  );
  const of = (verification: string) => verify({ headers: { verification }, body: new Uint8Array() });
  return { state, clock, log, verify: of };
}

describe('a proof of origin during a rotation', () => {
  it('reads the secret once for the new one, and keeps taking the previous one', async () => {
    const { state, verify } = rotation(['old']);
    state.stored = ['new', 'old'];

    expect(await verify('new')).toEqual({ valid: true });
    expect(await verify('old')).toEqual({ valid: true });
    expect(state.reads).toBe(1);
  });

  it('does not read the secret again for every forged webhook', async () => {
    const { state, clock, verify } = rotation(['right']);

    for (let second = 0; second < 20; second += 1) {
      expect(await verify('forged')).toEqual({ valid: false, reason: 'wrong' });
      clock.move(1000);
    }

    expect(state.reads).toBe(2);
  });

  it('never takes an empty secret for one', async () => {
    const { verify } = rotation(['']);

    expect(await verify('')).toMatchObject({ valid: false });
  });

  it('is wrong when the secret cannot be read again for it, and a line of the log says so', async () => {
    const { state, log, verify } = rotation(['right']);
    state.failing = true;

    expect(await verify('forged')).toEqual({ valid: false, reason: 'wrong' });
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { error: 'Error' } }]);
    expect(await verify('right')).toEqual({ valid: true });
  });
});

describe('a header that was sent more than once', () => {
  it.each([
    ['a,a', 'a'],
    ['a, a , a', 'a'],
    ['a,b,a,b', 'a,b'],
    ['a,b', 'a,b'],
    ['a', 'a'],
    ['', ''],
    ['a,a,b', 'a,a,b'],
  ])('%j is %j', (header, one) => {
    expect(once(header)).toBe(one);
  });

  it('is one, as often as it was sent', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes(','));

    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 4 }), (text, copies) => {
        expect(once(Array.from({ length: copies }, () => text).join(', '))).toBe(text);
      }),
    );
  });
});
