import { describe, expect, it } from 'vitest';
import { verifyWithRotation } from '../../functions/pipeline/receive.ts';
import { movedClock } from '../support/fakes.ts';

/** A secret store that counts its reads; `held` is what this instance read last. */
function bench(stored: string[]) {
  const clock = movedClock();
  const state = { stored, held: stored, reads: 0 };
  const secret = {
    get: async () => state.held,
    fresh: async () => {
      state.reads += 1;
      state.held = state.stored;
      return state.held;
    },
  };
  const compare = (headers: Record<string, string | undefined>, _body: Uint8Array, secrets: string[]) =>
    secrets.includes(headers.verification ?? '')
      ? { valid: true as const }
      : { valid: false as const, reason: 'wrong' };
  const verify = verifyWithRotation(secret, (value) => [...value, '', undefined], compare, clock);
  return { state, clock, verify: (verification: string) => verify({ verification }, new Uint8Array()) };
}

describe('proof of origin during a rotation', () => {
  it('reads a secret again that was replaced a moment ago, and loses no webhook', async () => {
    const { state, verify } = bench(['old']);
    state.stored = ['new', 'old'];

    expect(await verify('new')).toEqual({ valid: true });
    expect(await verify('old')).toEqual({ valid: true });
    expect(state.reads).toBe(1);
  });

  it('does not read the secret again for every forged webhook', async () => {
    const { state, clock, verify } = bench(['right']);

    for (let second = 0; second < 20; second += 1) {
      expect(await verify('forged')).toEqual({ valid: false, reason: 'wrong' });
      clock.move(1000);
    }

    expect(state.reads).toBe(2);
  });

  it('never takes an empty secret for one', async () => {
    const { verify } = bench(['']);

    expect(await verify('')).toMatchObject({ valid: false });
  });
});
