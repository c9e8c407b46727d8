import { describe, expect, it } from 'vitest';
import { proveWithRotation } from '../../functions/pipeline/verify.ts';
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
  const verify = (headers: Record<string, string | undefined>, _body: Uint8Array, secrets: string[]) =>
    secrets.includes(headers.proof ?? '')
      ? { valid: true as const }
      : { valid: false as const, reason: 'wrong' };
  const prove = proveWithRotation(secret, (value) => [...value, '', undefined], verify, clock);
  return { state, clock, prove: (proof: string) => prove({ proof }, new Uint8Array()) };
}

describe('proof of origin during a rotation', () => {
  it('reads a secret again that was replaced a moment ago, and loses no webhook', async () => {
    const { state, prove } = bench(['old']);
    state.stored = ['new', 'old'];

    expect(await prove('new')).toEqual({ valid: true });
    expect(await prove('old')).toEqual({ valid: true });
    expect(state.reads).toBe(1);
  });

  it('does not read the secret again for every forged webhook', async () => {
    const { state, clock, prove } = bench(['right']);

    for (let second = 0; second < 20; second += 1) {
      expect(await prove('forged')).toEqual({ valid: false, reason: 'wrong' });
      clock.move(1000);
    }

    expect(state.reads).toBe(2);
  });

  it('never takes an empty secret for one', async () => {
    const { prove } = bench(['']);

    expect(await prove('')).toMatchObject({ valid: false });
  });
});
