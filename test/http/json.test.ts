import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../functions/http/answer.ts';

describe('parseJson', () => {
  it('keeps every digit of integers beyond 2^53', () => {
    expect(parseJson('{"id":12345678901234567890,"small":42,"x":1.5}')).toEqual({
      id: '12345678901234567890',
      small: 42,
      x: 1.5,
    });
  });

  it('leaves numbers alone that are not written as an id is', () => {
    expect(parseJson('[1e30, 12345678901234567890.5, -1E400]')).toEqual([
      1e30,
      Number('12345678901234567890.5'),
      -Infinity,
    ]);
  });

  it.each([
    ['an escape', '{"a":"x\\ud83d"}', { a: 'x\ufffd' }],
    ['an escape in capitals', '["\\uDE00 "]', ['\ufffd ']],
    ['the text itself', '["x\ud83d"]', ['x\ufffd']],
    ['both halves escaped', '["\\ud83d\\ude00"]', ['😀']],
  ])('reads half a character as U+FFFD: %s', (_, text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it('reads halves and pairs of escapes apart, whatever stands before them', () => {
    const parts = [
      '\\\\',
      '\\ud83d',
      '\\uD83D',
      '\\ude00',
      '\\uDE00',
      '\\"',
      '\\u0041',
      'ud83d',
      'ude00',
      'd',
      ' ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts)), (written) => {
        const text = `["${written.join('')}"]`;
        const [plain] = JSON.parse(text) as [string];
        expect(parseJson(text)).toEqual([plain.toWellFormed()]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps every digit wherever a number may stand', () => {
    const space = fc.constantFrom('', ' ', '\n', '\t ');
    const digits = fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(String);
    const sign = fc.constantFrom('', '-');
    fc.assert(
      fc.property(space, sign, digits, (blank, minus, id) => {
        const number = `${blank}${minus}${id}${blank}`;
        expect(parseJson(`{"a":${number},"b":[${number},${number}]}`)).toEqual({
          a: `${minus}${id}`,
          b: [`${minus}${id}`, `${minus}${id}`],
        });
        expect(parseJson(number)).toBe(`${minus}${id}`);
      }),
    );
  });

  it('is JSON.parse for everything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/(?<![.\d])\d{16}/.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['lists', '['.repeat(50_000), ']'.repeat(50_000)],
    ['objects', '{"a":'.repeat(50_000), `1${'}'.repeat(50_000)}`],
    ['lists beside texts that seem to close them', '["]}",'.repeat(50_000), `1${']'.repeat(50_000)}`],
    ['lists beside quotes in texts', '["\\"]\\\\",'.repeat(50_000), `1${']'.repeat(50_000)}`],
  ])(
    'refuses %s that are nested too deeply for who reads them, whatever else the text holds',
    (_, open, close) => {
      expect(() => parseJson(`${open}${close}`)).toThrow(RangeError);
    },
  );

  it('takes a wide document, however many things are in it', () => {
    const wide = Array.from({ length: 5_000 }, (_, id) => ({ id, tags: [] }));

    expect(parseJson(JSON.stringify(wide))).toEqual(wide);
  });

  it.each(['', '{', '{"a":', 'undefined', '{"a":1}}'])('throws a SyntaxError for %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});
