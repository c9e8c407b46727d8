import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ProductLine, readProduct, readProducts, textLinesOf } from '../../ops/product-file.ts';

const pot = { name: 'Olla', variants: [{ sku: 'POT-1' }] };
const text = (more: object = {}) => JSON.stringify({ externalId: 'POT', ...pot, ...more });
async function* lines(...texts: string[]) {
  yield* texts;
}
async function all(read: AsyncIterable<ProductLine>): Promise<ProductLine[]> {
  const found: ProductLine[] = [];
  for await (const one of read) found.push(one);
  return found;
}

describe('a product in a file', () => {
  it('is what the API takes, with its id beside it', () => {
    expect(readProduct(text())).toEqual({ externalId: 'POT', product: { ...pot, removeMissing: false } });
  });

  it('may be named by the command instead', () => {
    expect(readProduct(JSON.stringify(pot), 'PAN')).toMatchObject({ externalId: 'PAN' });
  });

  it.each([
    ['its id is not said', JSON.stringify(pot), undefined, '/externalId', 'required'],
    ['the command names another', text(), 'PAN', '/externalId', 'rule'],
    ['it is no JSON', '{"name":', undefined, '', 'body-not-json'],
    ['it names a field twice', '{"name":"a","name":"b"}', undefined, '/name', 'named-twice'],
    ['it is a list', '[]', undefined, '', 'wrong-type'],
    ['a field is missing', text({ variants: [{}] }), undefined, '/variants/0/sku', 'required'],
    ['a field is not known', text({ prize: '1' }), undefined, '', 'unknown-field'],
    [
      'prices come without a currency',
      text({ variants: [{ sku: 'A', price: '1' }] }),
      undefined,
      '/variants/0',
      'rule',
    ],
  ])('is refused where %s, with a pointer', (_, document, id, pointer, code) => {
    expect(readProduct(document, id)).toMatchObject({ problems: [{ pointer, code }] });
  });

  it('is refused where it is larger than the API takes', () => {
    expect(readProduct(text({ description: 'x'.repeat(5 * 1024 * 1024) }))).toMatchObject({
      problems: [{ code: 'body-too-large' }],
    });
  });
});

describe('a file of products', () => {
  it('is read to its end, whatever stands in one line; empty lines are counted and skipped', async () => {
    const found = await all(readProducts(lines(text(), '', 'no JSON', text({ externalId: 'PAN' }))));

    expect(found).toMatchObject([
      { line: 1, externalId: 'POT' },
      { line: 3, problems: [{ code: 'body-not-json' }] },
      { line: 4, externalId: 'PAN' },
    ]);
  });

  it('names a product once', async () => {
    const found = await all(readProducts(lines(text(), text({ name: 'Otra' }))));

    expect(found[1]).toEqual({
      line: 2,
      problems: [
        { pointer: '/externalId', code: 'rule', detail: expect.stringMatching(/^Line 1 has the same id/) },
      ],
    });
  });

  describe('on the disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'acopio-product-file-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('may begin with a byte order mark and end its lines as Windows does', async () => {
      const file = join(folder, 'products.ndjson');
      writeFileSync(file, `\uFEFF${text()}\r\n${text({ externalId: 'PAN' })}\r\n`);

      expect((await all(readProducts(textLinesOf(file)))).map((one) => 'product' in one)).toEqual([
        true,
        true,
      ]);
    });

    it('refuses a line that is not UTF-8, whose letters would be lost', async () => {
      const file = join(folder, 'latin-1.ndjson');
      writeFileSync(
        file,
        Buffer.from(`${text({ name: 'Cazón' })}\n${text({ externalId: 'PAN' })}\n`, 'latin1'),
      );

      expect(await all(readProducts(textLinesOf(file)))).toMatchObject([
        { line: 1, problems: [{ code: 'body-not-json', detail: expect.stringMatching(/^It is not UTF-8/) }] },
        { line: 2, externalId: 'PAN' },
      ]);
    });

    it.each(['missing.ndjson', '.'])('has to be a file that can be read: %s', async (name) => {
      await expect(all(readProducts(textLinesOf(join(folder, name))))).rejects.toThrow(
        /cannot be read. Name a file/,
      );
    });
  });
});
