import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyAuthorization } from '../../../functions/platforms/pedidosya/webhook-proof.ts';

describe('the secret in Authorization (documented: PedidosYa returns the portal secret verbatim, no HMAC)', () => {
  it.each([
    ['verbatim', 's3cret', ['s3cret']],
    ['with a Bearer prefix', 'Bearer s3cret', ['s3cret']],
    ['with a lower-case prefix', 'bearer  s3cret', ['s3cret']],
    ['a secret that is itself a Basic credential', 'Basic dXNlcjpwYXNz', ['Basic dXNlcjpwYXNz']],
    ['a secret that itself begins with Bearer', 'Bearer abc', ['Bearer abc']],
    ['the previous secret during a rotation', 'old', ['new', 'old']],
    ['the new secret during a rotation', 'new', ['new', 'old']],
  ])('takes %s', (_, header, secrets) => {
    expect(verifyAuthorization(header, secrets)).toEqual({ valid: true });
  });

  it.each([
    ['no header', undefined, ['s'], 'missing'],
    ['an empty header', '  ', ['s'], 'missing'],
    ['another text', 'other', ['s3cret'], 'wrong'],
    ['a prefix of the secret', 's3cre', ['s3cret'], 'wrong'],
    ['the secret with more behind it', 's3cret2', ['s3cret'], 'wrong'],
    ['another case', 'S3CRET', ['s3cret'], 'wrong'],
    ['an empty Bearer against an empty secret', 'Bearer ', [''], 'wrong'],
    ['no secret configured', 'x', [undefined], 'wrong'],
  ])('refuses %s', (_, header, secrets, reason) => {
    expect(verifyAuthorization(header, secrets)).toEqual({ valid: false, reason });
  });

  it('takes exactly the secrets, for any text', () => {
    const text = fc.string({ minLength: 1 }).filter((s) => s.trim() === s && !/^bearer/i.test(s));
    fc.assert(
      fc.property(text, text, (secret, other) => {
        expect(verifyAuthorization(secret, [secret]).valid).toBe(true);
        expect(verifyAuthorization(`Bearer ${secret}`, [undefined, secret]).valid).toBe(true);
        expect(verifyAuthorization(other, [secret]).valid).toBe(other === secret);
      }),
    );
  });
});
