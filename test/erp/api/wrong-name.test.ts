import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrongName } from '../../../functions/erp/api/wrong-name.ts';

describe('a field that an object names twice, or as none may be called', () => {
  it.each([
    ['of the whole', '{"a":1,"a":2}', ['a']],
    ['of an object in a list', '{"items":[{"sku":"x"},{"sku":"y","sku":"z"}]}', ['items', 1, 'sku']],
    ['behind lists and objects', '[[],[{}, {"a":{"b":[1,{"c":0}],"d":1,"b":2}}]]', [1, 1, 'a', 'b']],
    ['written in two ways', '{"sku":1,"\\u0073ku":2}', ['sku']],
    ['among many', `{${Array.from({ length: 40 }, (_, n) => `"k${n}":${n},`).join('')}"k3":0}`, ['k3']],
    ['that objects have of their own', '{"constructor":1,"constructor":2}', ['constructor']],
    ['that reading leaves out', '{"a":[{"__proto__":1}]}', ['a', 0, '__proto__']],
    ['that reading leaves out, written in another way', '{"__proto\\u005f_":1}', ['__proto__']],
    ['behind a text that looks like an end', '{"a":"\\\\","b":"\\"}","b":1}', ['b']],
  ])('is found: %s', (_, text, place) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(wrongName(text)).toEqual(place);
  });

  it.each([
    '{"a":"b","b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}},"b":["a","a"]}',
    '{"a":"__proto__"}',
    ' 7 ',
  ])('is none of %s', (text) => expect(wrongName(text)).toBeUndefined());

  it('is none of any document that was written by a program, and is found wherever it is put', () => {
    fc.assert(
      fc.property(
        fc.json().filter((json) => !json.includes('__proto__')),
        fc.string(),
        fc.boolean(),
        (json, key, first) => {
          const name = JSON.stringify(key);
          const twice = first ? `{${name}:${json},${name}:0}` : `{${name}:0,${name}:${json}}`;

          expect(wrongName(json)).toBeUndefined();
          expect(wrongName(`[${json},{"x":[${twice}]}]`)).toEqual([1, 'x', 0, key]);
        },
      ),
    );
  });
});
