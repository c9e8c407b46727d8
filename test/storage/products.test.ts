import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { UnstorableRow } from '../../functions/storage/order-lines.ts';
import { productKeyOfPk, productPk, productRowKey } from '../../functions/storage/product-keys.ts';
import { createProductStore, productItemSchema } from '../../functions/storage/products.ts';
import { createOrderIndex, createProductIndex } from '../../functions/storage/row-index.ts';
import { localTables } from '../support/local-tables.ts';
import { productRowOf } from './samples.ts';

const tables = localTables();
const store = () => createProductStore(tables.client, tables.table);
const variantsOf = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => ({ platformVariantId: String(n), sku: text(n) }));
const withVariants = (id: string, variants: ReturnType<typeof variantsOf>) => {
  const row = productRowOf(id);
  return { ...row, product: { ...row.product!, variants } };
};
const itemOf = async (id: string) =>
  (
    await tables.client.send(
      new GetCommand({ TableName: tables.table, Key: productRowKey(productRowOf(id)) }),
    )
  ).Item;

describe('the key of a product', () => {
  it.each(['1', 'a#b', 'outlet/SKU 1'])('names %s', (platformProductId) => {
    const key = { platform: 'shop', storeId: 's', platformProductId };

    expect(productKeyOfPk(productPk(key))).toEqual(key);
  });

  it.each(['shop#s#order#1', 'shop#s#product#', 'shop#s', ''])('is not "%s"', (pk) => {
    expect(() => productKeyOfPk(pk)).toThrow('is not the key of a product');
  });
});

describe('the rows of products', () => {
  it('are read as they were written', async () => {
    const row = productRowOf('read');

    expect(await store().put(row, 0)).toBe(true);

    expect(await store().get(row)).toEqual(row);
  });

  it('are written by the quickest of several writers only', async () => {
    const row = productRowOf('quick');
    await store().put(row, 0);

    const second = await Promise.all([1, 2].map(() => store().put({ ...row, revision: 2 }, 1)));

    expect(second.sort()).toEqual([false, true]);
    expect(await store().put(row, 0)).toBe(false);
  });

  it('hold a thousand variants', async () => {
    const row = withVariants(
      'thousand',
      variantsOf(1000, (n) => `SKU ${n} ${'of a long name '.repeat(40)}`),
    );

    await store().put(row, 0);

    expect(await store().get(row)).toEqual(row);
    expect(await itemOf('thousand')).toMatchObject({ product: { variants: [] } });
  });

  it('are read from a record of the stream as from the table', async () => {
    const row = withVariants(
      'stream',
      variantsOf(1000, (n) => `SKU ${n} ${'of a long name '.repeat(40)}`),
    );
    await store().put(row, 0);
    const item = await itemOf('stream');
    const packed = Buffer.from(item?.packedVariants as Uint8Array).toString('base64');

    expect(productItemSchema().parse({ ...item, packedVariants: { B: packed } })).toEqual(row);
  });

  it('are refused when not even compression makes them fit', async () => {
    const letters = () => Array.from({ length: 900 }, () => Math.random().toString(36)).join('');
    const row = withVariants('too-large', variantsOf(100, letters));

    await expect(store().put(row, 0)).rejects.toThrow(UnstorableRow);
  });
});

describe('the indexes of products', () => {
  it('know nothing of orders, nor those of orders of products', async () => {
    const product = productRowOf('same', { storeId: 'both' });
    await store().put(product, 0);
    const index = createProductIndex(tables.client, tables.table);

    const { keys } = await index.changes({ platform: 'shop', storeId: 'both' });
    const orders = await createOrderIndex(tables.client, tables.table).changes({
      platform: 'shop',
      storeId: 'both',
    });

    expect(keys).toEqual([
      { platform: 'shop', storeId: 'both', platformProductId: 'same', changedAt: product.changedAt },
    ]);
    expect(orders.keys).toEqual([]);
  });

  it('list what needs review apart from orders', async () => {
    const review = { reason: 'schema-mismatch', problem: 'variants: invalid_type', at: 1 } as const;
    await store().put(productRowOf('odd', { platform: 'fair', state: 'needs-review', review }), 0);

    expect(await createProductIndex(tables.client, tables.table).needsReview('fair')).toEqual([
      { platform: 'fair', storeId: 's', platformProductId: 'odd' },
    ]);
    expect(await createOrderIndex(tables.client, tables.table).needsReview('fair')).toEqual([]);
  });
});
