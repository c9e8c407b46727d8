import { describe, expect, it } from 'vitest';
import type { Product } from '../../functions/domain/product.ts';
import { createTally } from '../../ops/actions/import-tally.ts';

const NOTHING_WAITS = { review: new Map<string, string>(), erased: [], underWay: [] };
const product = (platformProductId: string, ...skus: (string | undefined)[]) =>
  ({
    platformProductId,
    variants: skus.map((sku, at) => ({
      platformVariantId: `${platformProductId}-${at}`,
      ...(sku === undefined ? {} : { sku }),
    })),
  }) as Product;

describe('what an import came to', () => {
  it('counts a thing once, however many lists and runs show it', () => {
    const tally = createTally('orders');
    for (const id of ['1', '2', '1']) tally.met('order', id);
    tally.found('order', '1', 'missing');
    tally.found('order', '1', 'stale');

    const counts = tally.counts(NOTHING_WAITS);

    expect(counts).toEqual({ seen: 2, recorded: 1, unchanged: 1, removed: 0, skipped: [], partly: [] });
  });

  it('groups what needs review by its reason, whether it was new or stood there before', () => {
    const tally = createTally('orders');
    for (const id of ['1', '2', '3']) tally.met('order', id);
    tally.found('order', '1', 'missing');
    const review = new Map([
      ['1', 'schema-mismatch'],
      ['2', 'schema-mismatch'],
      ['3', 'too-large'],
    ]);

    const counts = tally.counts({ ...NOTHING_WAITS, review });

    expect(counts).toMatchObject({ seen: 3, recorded: 0, unchanged: 0 });
    expect(counts.skipped).toEqual([
      { reason: 'needs-review', detail: 'schema-mismatch', count: 2, examples: ['1', '2'] },
      { reason: 'needs-review', detail: 'too-large', count: 1, examples: ['3'] },
    ]);
  });

  it('tells what has no id, what could not be recorded and what is still to be fetched from what is recorded', () => {
    const tally = createTally('orders');
    tally.met('order', undefined);
    for (const id of ['1', '2', '3']) {
      tally.met('order', id);
      tally.found('order', id, id === '1' ? 'failed' : 'missing');
    }

    const counts = tally.counts({ ...NOTHING_WAITS, underWay: ['2'] });

    expect(counts).toMatchObject({ seen: 4, recorded: 1, unchanged: 0 });
    expect(counts.skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ['no-id', 1],
      ['not-recorded', 1],
      ['under-way', 1],
    ]);
  });

  it('takes what a later run recorded for recorded', () => {
    const tally = createTally('products');
    tally.met('product', 'p');
    tally.found('product', 'p', 'failed');
    tally.found('product', 'p', 'missing');

    expect(tally.counts(NOTHING_WAITS)).toMatchObject({ recorded: 1, skipped: [] });
  });

  it('leaves what was recorded recorded, where it fails to be compared once more', () => {
    const tally = createTally('orders');
    tally.met('order', '1');
    tally.found('order', '1', 'missing');
    tally.found('order', '1', 'failed');

    expect(tally.counts(NOTHING_WAITS)).toMatchObject({ recorded: 1, skipped: [] });
  });

  it('names products that are linked to no stock: without a SKU, and with one that several have', () => {
    const tally = createTally('products');
    for (const one of [product('a', 'S1'), product('b', 'S1', undefined, undefined), product('c', 'S2')])
      tally.met('product', one.platformProductId, { product: one });

    const counts = tally.counts(NOTHING_WAITS);

    expect(counts).toMatchObject({ seen: 3, unchanged: 3 });
    expect(counts.partly).toEqual([
      { reason: 'no-sku', count: 1, examples: ['b'] },
      { reason: 'same-sku', count: 1, examples: ['S1'] },
    ]);
  });

  it('names customers who came without their person', () => {
    const tally = createTally('customers');
    tally.met('customer', '1', { erased: true });
    tally.met('customer', '2', { erased: false });

    expect(tally.counts(NOTHING_WAITS).partly).toEqual([{ reason: 'erased', count: 1, examples: ['1'] }]);
  });

  it('shows the first few ids of a reason', () => {
    const tally = createTally('products');
    for (let at = 0; at < 9; at += 1) tally.met('product', undefined);
    const review = new Map(Array.from({ length: 9 }, (_, at) => [String(at), 'schema-mismatch']));

    const [one] = tally.counts({ ...NOTHING_WAITS, review }).skipped;

    expect(one).toMatchObject({ count: 9, examples: ['0', '1', '2', '3', '4'] });
  });
});
