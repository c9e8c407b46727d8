import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  csvRecords,
  parseCsv,
  readExport,
  readJobFile,
} from '../../../functions/platforms/pedidosya/client/catalogue-files.ts';
import { readCatalogueJob } from '../../../functions/platforms/pedidosya/client/catalogue-jobs.ts';
import { createCatalogueReads } from '../../../functions/platforms/pedidosya/client/catalogue-reads.ts';
import {
  BATCH_SIZE,
  productKey,
  toBatches,
  toWire,
} from '../../../functions/platforms/pedidosya/client/product-change.ts';

describe('batches of product changes', () => {
  const change = fc.record({ sku: fc.string({ minLength: 1, maxLength: 4 }), quantity: fc.nat(9) });

  it('hold every product once, with its last value, none too large and none alone', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 3, max: 9 }), (changes, size) => {
        const batches = toBatches(changes, size);
        const last = new Map(changes.map((one) => [productKey(one), one]));
        expect(new Map(batches.flat().map((one) => [productKey(one), one]))).toEqual(last);
        expect(batches.flat()).toHaveLength(last.size);
        expect(batches.every(({ length }) => length <= size)).toBe(true);
        expect(batches.length < 2 || batches.every(({ length }) => length > 1)).toBe(true);
      }),
    );
  });

  it('are of 200 at most', () => {
    expect(
      toBatches(Array.from({ length: 450 }, (_, n) => ({ sku: `s${n}`, active: true }))).map(
        ({ length }) => length,
      ),
    ).toEqual([200, 200, 50]);
    expect(BATCH_SIZE).toBe(200);
  });

  it('merge changes of one product field by field', () => {
    expect(
      toBatches([
        { sku: 'a', price: 1, active: true },
        { sku: 'a', price: 2 },
      ]),
    ).toEqual([[{ sku: 'a', price: 2, active: true }]]);
  });
});

describe('a product change as it is sent (documented: sku or barcode; active: false always wins)', () => {
  const as = (
    salesLimitField: 'maximum_sales_quantity' | 'max_sales_quantity' = 'maximum_sales_quantity',
  ) => ({ salesLimitField });

  it.each([
    [
      { sku: 'a', quantity: 0 },
      { sku: 'a', quantity: 0, active: false },
    ],
    [
      { sku: 'a', quantity: 3 },
      { sku: 'a', quantity: 3, active: true },
    ],
    [
      { sku: 'a', quantity: 3, active: false },
      { sku: 'a', quantity: 3, active: false },
    ],
    [
      { sku: 'a', quantity: 0, active: true },
      { sku: 'a', quantity: 0, active: false },
    ],
    [
      { sku: 'a', active: false, price: 10 },
      { sku: 'a', active: false, price: 10 },
    ],
    [
      { barcode: '77', maximumSalesQuantity: 5 },
      { barcode: '77', maximum_sales_quantity: 5 },
    ],
  ])('%j is %j', (change, wire) => {
    expect(toWire(change, as())).toEqual(wire);
  });

  it('spells the sales limit as configured', () => {
    expect(toWire({ sku: 'a', maximumSalesQuantity: 5 }, as('max_sales_quantity'))).toEqual({
      sku: 'a',
      max_sales_quantity: 5,
    });
  });
});

/** What a list reads of answers, and how many were asked for. */
async function listOf(...answers: object[]) {
  let asked = 0;
  const { pages } = createCatalogueReads(async () => {
    const json = answers[asked];
    asked += 1;
    return { status: 200, bytes: new Uint8Array(), text: () => '', json: () => json ?? { products: [] } };
  });
  const products = [];
  for await (const page of pages({ vendor: 'nbet' })) products.push(...page);
  return { products, asked };
}

describe('a product of the catalogue', () => {
  it.each([
    ['price', ''],
    ['maximum_sales_quantity', ' '],
    ['quantity', ''],
    ['price', true],
  ])('has no %s where it is %j, and never 0', async (field, said) => {
    expect((await listOf({ products: [{ sku: 'A', [field]: said }] })).products).toEqual([
      { sku: 'A', barcodes: [] },
    ]);
  });

  it.each([
    ['a price in a text', { price: '10.50' }, { price: 10.5 }],
    ['a price with a comma', { price: '10,5' }, { price: 10.5 }],
    ['its state in a text', { active: 'true' }, { active: true }],
    ['its state in a number', { active: 0 }, { active: false }],
    ['barcodes in numbers', { barcodes: [7730000000001] }, { barcodes: ['7730000000001'] }],
    ['one barcode alone', { barcode: 7730000000001 }, { barcodes: ['7730000000001'] }],
    [
      'a name that one locale lacks',
      { name: { es_UY: 'Yerba', en_UY: null } },
      { title: { es_UY: 'Yerba' } },
    ],
  ])('may have %s', async (_, said, read) => {
    expect((await listOf({ products: [{ sku: 'A', ...said }] })).products).toEqual([
      { sku: 'A', barcodes: [], ...read },
    ]);
  });
});

describe('a product whose SKU or barcode is an empty text', () => {
  it('has none, or all of them would be one product', async () => {
    const products = [
      { sku: '', barcodes: ['1'] },
      { sku: ' ', barcodes: ['', '2'] },
    ];
    expect((await listOf({ products })).products).toEqual([{ barcodes: ['1'] }, { barcodes: ['2'] }]);
  });
});

describe('a page of the catalogue', () => {
  it('is not the last where it is as full as the platform says that pages are', async () => {
    const [first, second] = ['A', 'B'].map((sku) => ({ products: [{ sku }], page_size: 1 }));
    const { products } = await listOf(first!, second!);
    expect(products.map(({ sku }) => sku)).toEqual(['A', 'B']);
  });

  it('is not the last where it is full and says that there are no pages', async () => {
    const [first, second] = ['A', 'B'].map((sku) => ({ products: [{ sku }], page_size: 1, total_pages: 0 }));
    const { products } = await listOf(first!, second!);
    expect(products.map(({ sku }) => sku)).toEqual(['A', 'B']);
  });

  it('is empty where its list is null', async () => {
    expect(await listOf({ products: null, total_pages: 0 })).toEqual({ products: [], asked: 1 });
  });

  it('keeps its products where one entry is none', async () => {
    const { products } = await listOf({ products: [{ sku: 'A' }, null, { sku: 'B' }] });
    expect(products).toEqual([{ sku: 'A', barcodes: [] }, { barcodes: [] }, { sku: 'B', barcodes: [] }]);
  });
});

describe('the answer about a job', () => {
  it.each([
    [
      { job_id: 'j', job_status: 'IN_PROGRESS' },
      { status: 'IN_PROGRESS', ended: false },
    ],
    [{ status: 'completed' }, { jobId: 'asked', status: 'COMPLETED', ended: true }],
    [
      { job_status: 'FAILED', result: null },
      { status: 'FAILED', ended: true },
    ],
    [{ job_status: 'PAUSED' }, { status: 'unknown', ended: false }],
    [
      { job_status: 'COMPLETED', result: { duplicated_products: ['a', { sku: 'b' }, 7, {}] } },
      { duplicated: ['a', 'b', '7', 'unknown'] },
    ],
  ])('%j', (json, expected) => {
    expect(readCatalogueJob(json, 'asked')).toMatchObject(expected);
  });

  it('counts as rejected whatever has a reason or says so, and what cannot be read', () => {
    const item_level_feedback = [
      { sku: 'ok', status: 'ACCEPTED', rejection_reasons: [] },
      { sku: 'a', status: 'REJECTED' },
      {
        sku: 'b',
        status: 'DONE',
        rejection_reasons: [{ rejected_data: 'price', rejected_reason: 'invalid' }],
      },
      { barcode: 77, status: 'FAILED' },
      'garbage',
    ];
    expect(
      readCatalogueJob({ job_status: 'COMPLETED', result: { item_level_feedback } }, 'j')?.rejected,
    ).toEqual([
      { product: 'a', reasons: [] },
      { product: 'b', reasons: ['price: invalid'] },
      { product: '77', reasons: [] },
      { product: 'unknown', reasons: ['feedback that cannot be read'] },
    ]);
  });

  it('is none without a status, and never an exception', () => {
    expect(readCatalogueJob({}, 'j')).toBeUndefined();
    fc.assert(fc.property(fc.jsonValue(), (json) => void readCatalogueJob(json, 'j')));
  });
});

describe('CSV', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ñ') });

  it('reads what was written, for any fields', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(field, field), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const text = rows.map((row) => row.map(quoted).join(',')).join(end);
          expect(parseCsv(text)).toEqual(rows);
        },
      ),
    );
  });

  it('reads any text without an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => void csvRecords(text)));
  });

  it('skips a byte order mark and empty lines, and fills short rows', () => {
    expect(csvRecords('\uFEFFSKU,price\r\n\r\nA\r\n').map((record) => Object.fromEntries(record))).toEqual([
      { sku: 'A', price: '' },
    ]);
  });
});

describe('files', () => {
  it.each(['maximum_sales_quantity', 'max_sales_quantity'])(
    'of an export (documented: columns) with %s',
    (limit) => {
      const text = `sku,barcode,price,active,${limit}\nA,77,10.5,true,5\nB,,3,FALSE,\n`;
      expect(readExport(text)).toEqual({
        ok: true,
        lines: [
          { sku: 'A', barcode: '77', price: '10.5', active: true, maximumSalesQuantity: 5 },
          { sku: 'B', price: '3', active: false },
        ],
      });
    },
  );

  it.each(['Sí', 'yes', 'ACTIVE'])('of an export that say %s of a state leave it open', (said) => {
    expect(readExport(`sku,active\nA,${said}\n`)).toEqual({ ok: true, lines: [{ sku: 'A' }] });
  });

  it.each([readExport, readJobFile])('of another kind are refused, empty ones are empty', (read) => {
    expect(read('<html>,\n1,2\n')).toMatchObject({ ok: false });
    expect(read('')).toEqual({ ok: true, lines: [] });
  });
});
