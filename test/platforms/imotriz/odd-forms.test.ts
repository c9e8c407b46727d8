import { describe, expect, it } from 'vitest';
import { normaliseImotrizOrder } from '../../../functions/platforms/imotriz/normalise.ts';
import { readPage } from '../../../functions/platforms/imotriz/page.ts';
import { settingsOf } from './harness.ts';
import { bytesOf, recordOf } from './page-builder.ts';

function ordered(record: unknown) {
  const read = normaliseImotrizOrder(record, settingsOf());
  if (!read.ok) throw new Error(`${read.reason}: ${read.problem}`);
  return read.order;
}

describe('where a sale stands', () => {
  it.each([
    ['under another name', { estado: 'Cancelado' }, 'cancelled', false],
    ['in an object', { status: { id: 5, nombre: 'Cancelado' } }, 'cancelled', false],
    ['in an object without a name', { status: { id: 5 } }, 'unknown', false],
    ['as a truth value', { status: true }, 'unknown', false],
    ['as a list of something', { status: ['x'] }, 'unknown', false],
    ['nowhere', { status: [] }, 'received', true],
    ['not paid yet', { status: 'No pagado' }, 'unknown', false],
    ['not taken', { status: 'No aceptado' }, 'cancelled', false],
  ])('is told %s', (_, said, status, sale) => {
    const order = ordered(recordOf({ id: 1, ...said }));

    expect([order.status, order.countsAsSale]).toEqual([status, sale]);
  });
});

describe('an id of 0', () => {
  it.each([0, '0', ' 0 '])('(%j) names no order, since orders without an id must not share a row', (id) => {
    expect(normaliseImotrizOrder(recordOf({ id }), settingsOf())).toMatchObject({
      ok: false,
      reason: 'missing-id',
    });
  });

  it('leaves the next of the configured keys', () => {
    expect(ordered(recordOf({ id: 0, order_id: 77 })).platformOrderId).toBe('77');
  });
});

describe('a record in another form', () => {
  it('has its products by number', () => {
    const products = { '1': { code: 'A', quantity: 1, unit_price: 25000 } };

    expect(ordered({ order: { id: 1, total: 25000 }, products }).lines).toMatchObject([
      { sku: 'A', total: 2500000 },
    ]);
  });

  it('has amounts with the other sign, which can be read in one way only', () => {
    const order = ordered(recordOf({ id: 1, total: '25,000.00' }));

    expect(order.totals).toEqual({ goods: 2500000, total: 2500000 });
    expect(order.warnings).toEqual([]);
  });

  it('is the whole page', () => {
    const page = readPage(bytesOf(` ${JSON.stringify(recordOf({ id: 1 }))}\n`));

    expect(page).toMatchObject({ ok: true, records: [{ ok: true }] });
    expect(page.ok && page.warnings).toContain('the page is a single record');
  });
});

describe('a page without data', () => {
  const numbers = (returned: number) =>
    `{"total_transactions_found":${returned},"returned_transactions":${returned},"pending_transactions":0}`;

  it.each(['{"metadata":M}', '{"data":"","metadata":M}', '{"data":false,"metadata":M}'])(
    'is empty where it says that it returns nothing: %s',
    (text) => {
      expect(readPage(bytesOf(text.replace('M', numbers(0))))).toMatchObject({ ok: true, records: [] });
      expect(readPage(bytesOf(text.replace('M', numbers(1))))).toMatchObject({ ok: false });
    },
  );

  it.each([
    '{"error":"x","metadata":M}',
    '{"data":"none","metadata":M}',
    '{"data":{"error":"x"},"metadata":M}',
  ])('is shown where something else stands there: %s', (text) => {
    expect(readPage(bytesOf(text.replace('M', numbers(0))))).toMatchObject({
      ok: false,
      reason: 'broken-envelope',
    });
  });
});
