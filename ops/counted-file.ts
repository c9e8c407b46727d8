import { NotUtf8, readText } from '../config/text-file.ts';
import { ONLY_PLACE, placeName } from '../functions/domain/stock/places.ts';
import { MOST_UNITS, type Thousandths, thousandths } from '../functions/domain/stock/quantity.ts';
import { OperatorError } from './outputs.ts';

/** A number of a file: what there is of a SKU in one place. */
export interface Counted {
  readonly sku: string;
  readonly place: string;
  /** null is unlimited. */
  readonly quantity: Thousandths | null;
}

/** @throws OperatorError where the file or one of its lines cannot be read */
export function readCounted(file: string): Counted[] {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    // As Excel writes "CSV": a SKU with an accent would be another one, which nobody has.
    if (error instanceof NotUtf8)
      throw new OperatorError(`${file} ${error.message}. In Excel that is "CSV UTF-8". Nothing was changed.`);
    throw new OperatorError(
      `${file} cannot be read. Name a CSV file with the columns sku, quantity and, if needed, place.`,
    );
  }
  return countedIn(text, file);
}

/**
 * Reads the numbers of a CSV text. The first line names the columns and says by what they are separated: ";" where it has one, as
 * Excel writes in languages with a decimal comma, and "," otherwise.
 *
 * @param file as messages name it
 * @throws OperatorError naming the line that cannot be read, and what to do
 */
export function countedIn(text: string, file: string): Counted[] {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = header.includes(';') ? ';' : ',';
  const names = cellsOf(header.toLowerCase(), separator);
  const [sku, quantity, place] = ['sku', 'quantity', 'place'].map((name) => names.indexOf(name));
  if (sku === undefined || quantity === undefined || sku < 0 || quantity < 0)
    throw new OperatorError(`The first line of ${file} must name the columns "sku" and "quantity".`);
  const seen = new Map<string, number>();
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `Line ${index + 2} of ${file}`;
    const cells = cellsOf(line, separator);
    // A decimal comma between commas looks like one more column, and its decimals like a place.
    if (cells.length !== names.length)
      throw new OperatorError(
        `${where} has ${cells.length} cells, and the first line names ${names.length} columns, separated by "${separator}". ` +
          `Give it as many, and write a text that holds "${separator}" in quotation marks; where numbers have a decimal comma, ` +
          'separate the columns by ";". Nothing was changed.',
      );
    const read = readCells(cells[sku], cells[quantity], {
      place: place === undefined ? undefined : cells[place],
      decimalComma: separator === ';',
    });
    if (read !== undefined) {
      const name = JSON.stringify([read.sku, read.place]);
      const before = seen.get(name);
      // Both are true now: one of them would count, and nobody could say which.
      if (before !== undefined)
        throw new OperatorError(
          `${where} has "${read.sku}" in "${read.place}" once more, as line ${before} has. Write one line with all that there is. Nothing was changed.`,
        );
      seen.set(name, index + 2);
      return [read];
    }
    throw new OperatorError(
      `${where} cannot be read: it needs a SKU and a number such as 12 or 4.375, or "unlimited". Nothing was changed.`,
    );
  });
}

/** A cell in quotation marks may hold the separator, and a quotation mark doubled. */
function cellsOf(line: string, separator: ',' | ';'): string[] {
  const cell = new RegExp(
    `(?<=^|${separator})(\\s*"(?:[^"]|"")*"\\s*(?=${separator}|$)|[^${separator}]*)`,
    'g',
  );
  return [...line.matchAll(cell)].map(([written]) =>
    written
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );
}

function readCells(
  sku = '',
  quantity = '',
  { place = '', decimalComma }: { place: string | undefined; decimalComma: boolean },
): Counted | undefined {
  const where = place === '' ? ONLY_PLACE : place;
  if (sku === '' || sku.length > 128 || !placeName.safeParse(where).success) return undefined;
  if (quantity === 'unlimited') return { sku, place: where, quantity: null };
  const written = decimalComma ? quantity.replace(',', '.') : quantity;
  if (!/^-?\d+(\.\d{1,3})?$/.test(written)) return undefined;
  const number = Number(written);
  return Math.abs(number) > MOST_UNITS ? undefined : { sku, place: where, quantity: thousandths(number) };
}
