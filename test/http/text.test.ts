import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonOf, parseJson, strictTextOf, textOf } from '../../functions/http/answer.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

describe('the text of bytes', () => {
  it('has no byte order mark in front', () => {
    const bytes = Buffer.concat([BOM, Buffer.from('{"id":1}')]);

    expect(textOf(bytes)).toBe('{"id":1}');
    expect(strictTextOf(bytes)).toBe('{"id":1}');
    expect(jsonOf(bytes)).toEqual({ id: 1 });
  });

  it('keeps what looks like one inside', () => {
    expect(textOf(Buffer.from('"a\ufeffb"'))).toBe('"a\ufeffb"');
  });

  it('is undefined to who wants all of it, where bytes are not UTF-8', () => {
    expect(strictTextOf(Buffer.from([0x22, 0xe9, 0x22]))).toBeUndefined();
    expect(textOf(Buffer.from([0x22, 0xe9, 0x22]))).toBe('"\ufffd"');
  });
});

describe('bytes', () => {
  it('are read as UTF-8 in one place', () => {
    const decodes = /new TextDecoder\((?!'windows-1252')/;

    const files = globSync('functions/**/*.ts').filter((file) => decodes.test(readFileSync(file, 'utf8')));

    expect(files).toEqual(['functions/http/answer.ts']);
  });
});

describe('a text in JSON', () => {
  it.each([
    ['"a\\ud800b"', 'a\ufffdb'],
    ['"a\\udc00"', 'a\ufffd'],
    ['"\\ud83d\\ude00 😀"', '😀 😀'],
    ['"a\ufffeb"', 'a\ufffeb'],
  ])('%s holds no half character when it is read', (text, read) => {
    expect(parseJson(text)).toBe(read);
  });
});
