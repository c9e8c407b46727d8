import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentsOf, readPage } from '../../../functions/platforms/imotriz/page.ts';
import { elementsAt, valuesOfKey } from '../../../functions/platforms/reading/json-slices.ts';
import { bytesOf, pageOf, recordOf } from './page-builder.ts';

describe('a page of new orders (documented: data[] of {order, products, buyer} and three numbers)', () => {
  it('gives each record as it was written, with its index and its JSON', () => {
    const raw = '{ "order":{"id":1,"total":10.50}, "products":[], "buyer":{} }';
    const text = `{"data":[ ${raw} ,\n${raw}],"metadata":{"total_transactions_found":40,"returned_transactions":2,"pending_transactions":38}}`;

    const page = readPage(bytesOf(text));

    expect(page).toEqual({
      ok: true,
      records: [
        { ok: true, index: 0, raw, json: JSON.parse(raw) },
        { ok: true, index: 1, raw, json: JSON.parse(raw) },
      ],
      metadata: { found: 40, returned: 2, pending: 38 },
      warnings: [],
    });
  });

  it('takes numbers written as strings, and an empty page', () => {
    const metadata = { total_transactions_found: '0', returned_transactions: '0', pending_transactions: '0' };
    const page = readPage(bytesOf(JSON.stringify({ data: [], metadata })));
    expect(page).toEqual({
      ok: true,
      records: [],
      metadata: { found: 0, returned: 0, pending: 0 },
      warnings: [],
    });
  });

  it('takes more than 30 records (documented: at most 30 a call) and says so', () => {
    const page = readPage(pageOf(Array.from({ length: 31 }, (_, i) => recordOf({ id: i }))));
    expect(page.ok && page.records).toHaveLength(31);
    expect(page.ok && page.warnings).toEqual(['the page holds 31 records, more than the documented 30']);
  });

  it('says when metadata and records disagree', () => {
    const page = readPage(pageOf([recordOf({ id: 1 })], { returned_transactions: 5 }));
    expect(page.ok && page.warnings).toEqual(['metadata announces 5 records, the page holds 1']);
  });

  it('reads windows-1252 with a warning', () => {
    const text = JSON.stringify({
      data: [recordOf({ id: 1, note: 'Jos\u00e9' })],
      metadata: { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 },
    });

    const page = readPage(Buffer.from(text, 'latin1'));

    expect(page.ok && page.warnings).toEqual(['the page is not UTF-8 and was read as windows-1252']);
    expect(page.ok && page.records[0]?.ok && page.records[0].json).toMatchObject({
      order: { note: 'Jos\u00e9' },
    });
  });

  it('reads a page with a byte order mark', () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), pageOf([recordOf({ id: 1 })])]);
    expect(readPage(bytes).ok).toBe(true);
  });

  it('keeps the other records when one is nested deeper than the stack', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const text = `{"data":[{"order":{"id":1}},{"order":${deep}},{"order":{"id":3}}],"metadata":{"total_transactions_found":3,"returned_transactions":3,"pending_transactions":0}}`;

    const page = readPage(bytesOf(text));

    expect(page.ok && page.records.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(page.ok && page.records[1]).toMatchObject({
      raw: `{"order":${deep}}`,
      problem: 'nested too deeply',
    });
  });

  it('keeps ids beyond 2^53 exact', () => {
    const page = readPage(pageOf(['{"order":{"id":9007199254740993},"products":[],"buyer":{}}']));
    expect(page.ok && page.records[0]?.ok && page.records[0].json).toMatchObject({
      order: { id: '9007199254740993' },
    });
  });

  const numbers = '"total_transactions_found":1,"returned_transactions":1,"pending_transactions":0';
  it.each([
    ['truncated JSON', '{"data":[{"order":{"id":1}}', 'not-json'],
    ['a web page', '<html><body>502</body></html>', 'not-json'],
    ['a text', '"none"', 'broken-envelope'],
    ['no data', `{"metadata":{${numbers}}}`, 'broken-envelope'],
    ['data that holds none of the announced', `{"data":{},"metadata":{${numbers}}}`, 'broken-envelope'],
    ['data null with announced records', `{"data":null,"metadata":{${numbers}}}`, 'broken-envelope'],
    ['data that is another object', `{"data":{"error":"x"},"metadata":{${numbers}}}`, 'broken-envelope'],
    ['data that is a text', `{"data":"none","metadata":{${numbers}}}`, 'broken-envelope'],
    ['a number below 0', `{"data":[],"metadata":{${numbers.replace(':0', ':-1')}}}`, 'broken-envelope'],
    [
      'a number that is none',
      `{"data":[],"metadata":{${numbers.replace(':0', ':"many"')}}}`,
      'broken-envelope',
    ],
    ['a huge number', `{"data":[],"metadata":{${numbers.replace(':0', ':1e400')}}}`, 'broken-envelope'],
    ['data twice', `{"data":[{"order":{"id":1}}],"data":[],"metadata":{${numbers}}}`, 'broken-envelope'],
    ['data twice, once escaped', `{"\\u0064ata":[{}],"data":[],"metadata":{${numbers}}}`, 'broken-envelope'],
    ['a prototype key for data', `{"__proto__":{"data":[]},"metadata":{${numbers}}}`, 'broken-envelope'],
  ])('is no page: %s', (_, text, reason) => {
    expect(readPage(bytesOf(text))).toMatchObject({ ok: false, reason });
  });

  const zeros = '"total_transactions_found":0,"returned_transactions":0,"pending_transactions":0';
  it.each([
    ['nothing, as with status 204', ''],
    ['white space', ' \n'],
    ['a bare empty list', '[]'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['data without metadata', '{"data":[]}'],
    ['data null', `{"data":null,"metadata":{${zeros}}}`],
    ['data that is an empty object', `{"data":{ },"metadata":{${zeros}}}`],
    ['metadata without its numbers', '{"data":[],"metadata":{"total_transactions_found":1}}'],
  ])('is empty: %s', (_, text) => {
    expect(readPage(bytesOf(text))).toMatchObject({ ok: true, records: [], warnings: [] });
  });

  const record = (id: number) => JSON.stringify(recordOf({ id }));
  it.each<[string, string, number, string]>([
    ['without metadata', `{"data":[${record(1)}]}`, 1, 'metadata is no object'],
    ['with metadata null', `{"data":[${record(1)}],"metadata":null}`, 1, 'metadata is no object'],
    [
      'whose pending is null',
      `{"data":[${record(1)}],"metadata":{"total_transactions_found":1,"returned_transactions":1,"pending_transactions":null}}`,
      1,
      'metadata.pending_transactions is no number of orders',
    ],
    [
      'by number',
      `{"data":{"0":${record(1)},"1":${record(2)},"3":${record(3)}},"metadata":{"total_transactions_found":3,"returned_transactions":3,"pending_transactions":0}}`,
      3,
      'data is an object of records by number, not a list',
    ],
    ['in a bare list', `[${record(1)},${record(2)}]`, 2, 'the page is a bare list, without metadata'],
    [
      'alone',
      `{"data":${record(1)},"metadata":{"total_transactions_found":1,"returned_transactions":1,"pending_transactions":0}}`,
      1,
      'data is a single record, not a list',
    ],
  ])('gives the records that stand in it %s, with a warning', (_, text, records, warning) => {
    const page = readPage(bytesOf(text));

    expect(page.ok && page.records.map(({ ok }) => ok)).toEqual(Array.from({ length: records }, () => true));
    expect(page.ok && page.records[0]?.raw).toBe(record(1));
    expect(page.ok && page.warnings).toEqual([warning]);
  });

  it('that does not say what is left leaves that open', () => {
    const page = readPage(bytesOf(`{"data":[${record(1)}],"metadata":{"pending_transactions":"many"}}`));

    expect(page.ok && page.metadata).toEqual({});
  });

  it('holds the same as another one of the same records, whatever its metadata says', () => {
    const contents = (bytes: Uint8Array) => {
      const page = readPage(bytes);
      return page.ok ? contentsOf(page.records) : 'no page';
    };
    const [one, same, other] = [
      pageOf([recordOf({ id: 1 })], { pending_transactions: 90 }),
      pageOf([recordOf({ id: 1 })], { pending_transactions: 60 }),
      pageOf([recordOf({ id: 2 })], { pending_transactions: 60 }),
    ].map(contents);

    expect(one).toBe(same);
    expect(one).not.toBe(other);
    expect(contents(pageOf([]))).toBeUndefined();
  });

  it('is read or refused without an exception, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytesOf)), (bytes) => void readPage(bytes)),
      { numRuns: 1000 },
    );
  });

  it('names no value in its problem', () => {
    const page = readPage(bytesOf('{"data":"Mar\u00eda","metadata":"Mar\u00eda"}'));
    expect(JSON.stringify(page)).not.toContain('Mar');
  });
});

describe('slices of a JSON text', () => {
  const spaced = (value: unknown, indent: number) => JSON.stringify(value, undefined, indent);

  it('are the elements themselves, for any JSON and any spacing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.nat(4),
        (elements, around, indent) => {
          const { data: _, ...others } = around;
          const text = spaced({ ...others, data: elements, behind: '],"data":[' }, indent);

          const [data, ...more] = valuesOfKey(text, 'data');
          const slices = elementsAt(text, data?.start ?? -1).map(({ start, end }) => text.slice(start, end));

          expect(more).toEqual([]);
          expect(slices.map((slice) => JSON.parse(slice))).toEqual(JSON.parse(JSON.stringify(elements)));
          expect(slices.every((slice) => slice === slice.trim())).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('end on any text, JSON or not', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', 'a', '1') }),
        (text) => {
          for (const { start } of valuesOfKey(text, 'a')) elementsAt(text, start);
          elementsAt(text, 0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
