import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  signNuvemshop,
  verifyNuvemshopSignature,
} from '../../../functions/platforms/nuvemshop/webhook-proof.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const secret = fc.string({ minLength: 1, maxLength: 60 });

describe('the signature of a webhook', () => {
  it('is lower-case hex HMAC-SHA256 of the raw body, keyed with the client secret (documented)', () => {
    const body = '{"store_id":5665778,"event":"order/created","id":1639882221}';
    const documented = createHmac('sha256', 'app-secret').update(body).digest('hex');
    expect(signNuvemshop(body, 'app-secret')).toBe(documented);
    expect(verifyNuvemshopSignature(Buffer.from(body), documented, ['app-secret'])).toEqual({ valid: true });
  });

  it('is valid for whatever bytes it was made of', () => {
    fc.assert(
      fc.property(bytes, secret, (body, key) => {
        expect(verifyNuvemshopSignature(body, signNuvemshop(body, key), [key])).toEqual({ valid: true });
      }),
    );
  });

  it('is the same proof in upper-case hex and in base64, with and without its padding (official SDK)', () => {
    fc.assert(
      fc.property(bytes, secret, (body, key) => {
        const hex = signNuvemshop(body, key);
        const base64 = Buffer.from(hex, 'hex').toString('base64');
        for (const header of [hex.toUpperCase(), base64, base64.replace('=', ''), ` ${base64}\n`])
          expect(verifyNuvemshopSignature(body, header, [key])).toEqual({ valid: true });
      }),
    );
  });

  it('is wrong for any other body and any other secret', () => {
    fc.assert(
      fc.property(bytes, bytes, secret, secret, (body, other, key, otherKey) => {
        const signature = signNuvemshop(body, key);
        fc.pre(!Buffer.from(body).equals(Buffer.from(other)) && key !== otherKey);
        const wrong = { valid: false, reason: 'wrong' };
        expect(verifyNuvemshopSignature(other, signature, [key])).toEqual(wrong);
        // HMAC pads short keys with zero bytes, so a secret that only differs by those is the same secret.
        fc.pre(!isPadded(key, otherKey));
        expect(verifyNuvemshopSignature(body, signature, [otherKey])).toEqual(wrong);
      }),
    );
  });

  it('is accepted with any of the secrets during a rotation', () => {
    const body = Buffer.from('{}');
    const signature = signNuvemshop(body, 'old');
    expect(verifyNuvemshopSignature(body, signature, ['new', 'old']).valid).toBe(true);
    expect(verifyNuvemshopSignature(body, signature, ['old', 'new']).valid).toBe(true);
    expect(verifyNuvemshopSignature(body, signature, ['new']).valid).toBe(false);
  });

  it('never matches an absent or empty secret', () => {
    const body = Buffer.from('{}');
    const forged = createHmac('sha256', '').update(body).digest('hex');
    for (const secrets of [[], [''], [undefined], ['', undefined]]) {
      expect(verifyNuvemshopSignature(body, forged, secrets)).toEqual({ valid: false, reason: 'wrong' });
    }
  });

  it.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['   ', 'missing'],
    ['abc', 'malformed'],
    ['z'.repeat(64), 'malformed'],
    ['A'.repeat(64), 'wrong'],
    ['Ab'.repeat(32), 'wrong'],
    [`sha256=${'a'.repeat(64)}`, 'malformed'],
    ['a'.repeat(65), 'malformed'],
    [Buffer.alloc(32).toString('base64'), 'wrong'],
    [Buffer.alloc(31).toString('base64'), 'malformed'],
    [`${Buffer.alloc(32).toString('base64')}=`, 'malformed'],
    ['a'.repeat(64), 'wrong'],
  ])('says of %j why not: %s', (header, reason) => {
    expect(verifyNuvemshopSignature(Buffer.from('{}'), header, ['s'])).toEqual({ valid: false, reason });
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.string(), bytes, (header, body) => {
        expect(verifyNuvemshopSignature(body, header, ['s']).valid).toBe(false);
      }),
    );
  });
});

function isPadded(a: string, b: string): boolean {
  const strip = (text: string) => text.replace(/\0+$/, '');
  return strip(a) === strip(b);
}
