import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { path, search } from '../../../../functions/platforms/nuvemshop/client/call.ts';

describe('the path of a call', () => {
  it('stays where it was put, whatever an id holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (id) => {
        fc.pre(id !== '.' && id !== '..' && id.isWellFormed());
        const url = new URL(`https://api.example/v1/1${path`/orders/${id}/close`}`);
        expect(url.pathname.split('/')).toHaveLength(6);
        expect(url.pathname).toMatch(/^\/v1\/1\/orders\/.*\/close$/);
        expect([url.host, url.search, url.hash]).toEqual(['api.example', '', '']);
      }),
    );
  });
});

describe('the query of a call', () => {
  it('writes every value so that the server reads it back', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        (query) => {
          const back = Object.fromEntries(new URLSearchParams(search(query)));
          expect(back).toEqual(
            Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])),
          );
        },
      ),
    );
  });

  it('leaves out what is absent, joins lists and writes moments in UTC', () => {
    expect(search({ a: undefined })).toBe('');
    expect(search({ ids: [1, '2'], at: new Date(0), q: 'a+b c' })).toBe(
      '?ids=1%2C2&at=1970-01-01T00%3A00%3A00.000Z&q=a%2Bb+c',
    );
  });
});
