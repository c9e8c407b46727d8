import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTokenReader,
  isToken,
  makeToken,
  TOKENS_CACHED_MS,
  type Tokens,
  UNKNOWN_TOKEN_REREAD_MS,
  withoutToken,
  withToken,
} from '../../functions/erp/tokens.ts';
import { keptLog, movedClock } from '../support/fakes.ts';

const make = (name = 'first', client = 'erp') => makeToken({ name, client, scopes: ['orders:read'] }, 0);

describe('a token', () => {
  it('has the form that scanners look for, and no two are the same', () => {
    const tokens = Array.from({ length: 200 }, () => make().token);

    for (const token of tokens) {
      expect(token).toMatch(/^acp_[0-9A-Za-z]{38}$/);
      expect(isToken(token)).toBe(true);
    }
    expect(new Set(tokens).size).toBe(200);
  });

  it('is told from a mistyped one by its check', () => {
    const { token } = make();

    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: token.length - 1 }),
        fc.constantFrom(...'0aZ9qB'),
        (at, letter) => {
          fc.pre(token[at] !== letter);
          expect(isToken(token.slice(0, at) + letter + token.slice(at + 1))).toBe(false);
        },
      ),
    );
  });

  it('is kept as a hash only', () => {
    const { token, stored } = make();

    expect(JSON.stringify(stored)).not.toContain(token.slice(4, 36));
    expect(stored).toMatchObject({ name: 'first', client: 'erp', scopes: ['orders:read'] });
  });

  it('has a name of its own, by which it is revoked', () => {
    const tokens = withToken({ tokens: [] }, make().stored) ?? { tokens: [] };

    expect(tokens.tokens).toHaveLength(1);
    expect(withToken(tokens, make().stored)).toBeUndefined();
    expect(withoutToken(tokens, 'first')).toEqual({ tokens: [] });
    expect(withoutToken(tokens, 'second')).toBeUndefined();
  });
});

describe('the reader of tokens', () => {
  function reader(tokens: Tokens) {
    const clock = movedClock();
    const secret = { value: tokens, reads: 0, failing: false };
    let held: { value: Tokens; at: number } | undefined;
    const fresh = async () => {
      secret.reads += 1;
      if (secret.failing) throw new Error('no answer');
      held = { value: secret.value, at: clock.now() };
      return held.value;
    };
    const get = async () =>
      held !== undefined && clock.now() - held.at < TOKENS_CACHED_MS ? held.value : fresh();
    return { clock, secret, log: keptLog(), ...createTokenReader({ get, fresh }, { clock, log: keptLog() }) };
  }

  it('finds the client of each token', async () => {
    const [one, other] = [make('one', 'erp'), make('other', 'warehouse')];
    const { clientOf } = reader({ tokens: [one.stored, other.stored] });

    expect(await clientOf(other.token)).toEqual({ name: 'warehouse', scopes: new Set(['orders:read']) });
    expect(await clientOf(one.token)).toMatchObject({ name: 'erp' });
  });

  it('knows a token that was made after its copy was read', async () => {
    const [early, late] = [make('early'), make('late', 'warehouse')];
    const { clientOf, secret } = reader({ tokens: [early.stored] });
    await clientOf(early.token);
    secret.value = { tokens: [early.stored, late.stored] };

    expect(await clientOf(late.token)).toMatchObject({ name: 'warehouse' });
  });

  it('reads the secret again at most once in ten seconds, however many unknown tokens come', async () => {
    const { clientOf, secret, clock } = reader({ tokens: [] });

    for (let at = 0; at < 20; at += 1) await clientOf(make().token);
    const reads = secret.reads;
    clock.move(UNKNOWN_TOKEN_REREAD_MS);
    await clientOf(make().token);

    expect(reads).toBe(2);
    expect(secret.reads).toBe(3);
  });

  it('reads no secret for a text that is no token', async () => {
    const { clientOf, secret } = reader({ tokens: [] });

    expect(await clientOf('acp_short')).toBeUndefined();
    expect(secret.reads).toBe(0);
  });

  it('takes the word of its copy while the secret cannot be read again', async () => {
    const made = make();
    const { clientOf, secret } = reader({ tokens: [made.stored] });
    await clientOf(made.token);
    secret.failing = true;

    expect(await clientOf(make().token)).toBeUndefined();
    expect(await clientOf(made.token)).toMatchObject({ name: 'erp' });
  });
});
