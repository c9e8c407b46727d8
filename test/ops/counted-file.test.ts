import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { importStock } from '../../ops/commands/stock.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { countedIn, readCounted } from '../../ops/counted-file.ts';
import { whatIsPrinted } from '../support/printed.ts';

const read = (...lines: string[]) => countedIn(lines.join('\n'), 'count.csv');

describe('a file of counted stock', () => {
  it('is refused where it has a SKU in one place twice: only one of the numbers would count', () => {
    const lines = ['sku,quantity,place', 'A,5,shop', 'A,6,', 'A,7,shop'];

    expect(() => read(...lines)).toThrow(
      'Line 4 of count.csv has "A" in "shop" once more, as line 2 has. Write one line with all that there is.',
    );
  });

  it('is refused where it is not UTF-8: a SKU with an accent would be another one', () => {
    const file = join(temporaryFolder('counted'), 'ansi.csv');
    writeFileSync(file, Buffer.from('sku,quantity\nCAÑA,5\n', 'latin1'));

    expect(() => readCounted(file)).toThrow(/ansi\.csv is not UTF-8: save it as UTF-8.*"CSV UTF-8"/);
  });

  it.each<[string, string[], [sku: string, place: string, thousandths: number | null][]]>([
    [
      'columns between commas',
      ['sku,quantity', 'A,12', 'B,4.375'],
      [
        ['A', 'main', 12_000],
        ['B', 'main', 4375],
      ],
    ],
    [
      'a decimal comma between semicolons',
      ['sku;quantity', 'A;12,5', 'B;-1'],
      [
        ['A', 'main', 12_500],
        ['B', 'main', -1000],
      ],
    ],
    ['a decimal point between semicolons', ['sku;quantity', 'A;12.5'], [['A', 'main', 12_500]]],
    [
      'columns in another order, and one more',
      ['place;note;quantity;SKU', 'shop;n;7;A'],
      [['A', 'shop', 7000]],
    ],
    ['a place that a line leaves empty', ['sku,quantity,place', 'A,7,'], [['A', 'main', 7000]]],
    [
      'a first cell that is empty, where nobody reads it',
      ['note,sku,quantity', ',A,7'],
      [['A', 'main', 7000]],
    ],
    [
      'a separator and quotation marks in quotation marks',
      ['"sku","quantity"', '"2"" PIPE, RED","12"'],
      [['2" PIPE, RED', 'main', 12_000]],
    ],
    ['what is not limited', ['sku,quantity', 'A,unlimited'], [['A', 'main', null]]],
    [
      'a byte order mark, line ends of Windows and empty lines',
      ['\uFEFFsku,quantity\r', 'A,1\r', '\r', ''],
      [['A', 'main', 1000]],
    ],
  ])('may have %s', (_, lines, expected) => {
    expect(read(...lines).map(({ sku, place, quantity }) => [sku, place, quantity])).toEqual(expected);
  });

  it.each<[string, string[], RegExp]>([
    [
      'a decimal comma between commas',
      ['sku,quantity', 'A,1', 'B,12,5'],
      /^Line 3 of count\.csv has 3 cells.*2 columns.*by ";"/,
    ],
    [
      'decimals that would be a place',
      ['sku,quantity,place', 'A,12,5,shop'],
      /^Line 2 of count\.csv has 4 cells.*3 columns/,
    ],
    ['a cell too few', ['sku;quantity;place', 'A;12'], /^Line 2 of count\.csv has 2 cells.*3 columns/],
    [
      'a decimal comma in quotation marks between commas',
      ['sku,quantity', 'A,"12,5"'],
      /^Line 2 of count\.csv cannot be read/,
    ],
    ['a thousand with both', ['sku;quantity', 'A;1.000,5'], /^Line 2 of count\.csv cannot be read/],
    ['no SKU', ['sku,quantity', ',12'], /^Line 2 of count\.csv cannot be read/],
    ['no column of SKUs', ['code,quantity', 'A,12'], /^The first line of count\.csv must name/],
  ])('is refused whole for %s', (_, lines, problem) => {
    expect(() => read(...lines)).toThrow(problem);
  });

  it('is read as it was written, whatever SKUs hold', () => {
    const sku = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'aZ9 ,;"\'.-') });
    const row = fc.record({
      sku: sku.filter((text) => text === text.trim() && text !== ''),
      place: fc.constantFrom('main', 'shop', '5'),
      quantity: fc.integer({ min: -1e9, max: 1e9 }),
    });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: (one) => JSON.stringify([one.sku, one.place]) }),
        fc.constantFrom(
          ...([
            [',', '.'],
            [';', ','],
            [';', '.'],
          ] as const),
        ),
        (rows, [separator, point]) => {
          const lines = rows.map((one) =>
            [quote(one.sku), (one.quantity / 1000).toFixed(3).replace('.', point), one.place].join(separator),
          );

          expect(read(['sku', 'quantity', 'place'].join(separator), ...lines)).toEqual(rows);
        },
      ),
    );
  });
});

describe('stock import --dry-run', () => {
  const out = whatIsPrinted();
  const context = { stock: { settings: { channels: [] } } } as unknown as OperatorContext;
  const fileOf = (...lines: string[]): string => {
    const file = join(temporaryFolder('count'), 'count.csv');
    writeFileSync(file, lines.join('\n'));
    return file;
  };

  it('shows each number as it was understood, and sets none', async () => {
    const file = fileOf('sku;quantity', 'A;1.000', 'B;12,5', 'C;unlimited');

    const code = await importStock(context, file, { json: false, dryRun: true });

    expect(code).toBe(0);
    expect(out.printed.join('').replaceAll(/ +/g, ' ')).toMatch(
      /^A main 1\nB main 12\.5\nC main unlimited\n3 numbers would be taken as true now\.\nDry run/m,
    );
  });

  it('tells the same to a program', async () => {
    await importStock(context, fileOf('sku;quantity', 'B;12,5'), { json: true, dryRun: true });

    expect(out.said()).toEqual({
      dryRun: true,
      numbers: 1,
      rows: [{ sku: 'B', place: 'main', quantity: 12.5 }],
    });
  });
});
