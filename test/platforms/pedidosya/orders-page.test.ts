import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../functions/http/answer.ts';
import { createOrderReads } from '../../../functions/platforms/pedidosya/client/orders.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const SPAN = { vendor: 'nbet', from: NOW - 3_600_000, to: NOW };

/** Reads one page of a list that the platform answers with this text. */
async function pageOf(written: string) {
  const answer = { status: 200, bytes: Buffer.from(written), text: () => written };
  const clock = { now: () => NOW, sleep: async () => {} };
  const reads = createOrderReads(async () => ({ ...answer, json: () => parseJson(written) }), clock);
  return reads.page(SPAN);
}

const bytesIn = async (written: string) =>
  (await pageOf(written)).orders.map(({ whole }) => Buffer.from(whole?.bytes ?? []).toString());

describe('a page of listed orders', () => {
  it('has each order as the platform wrote it', async () => {
    const first = '{ "order_id":"a", "total":1.50, "total":2.0 }';
    const second = '{"order_id":"b","note":"]}, \\"orders\\" "}';

    const bytes = await bytesIn(` { "page_size":2, "orders": [ ${first} ,${second} ] } `);

    expect(bytes).toEqual([first, second]);
  });

  it.each([
    ['by the same name deeper inside', '{"order_id":"a","basket":{"orders":[1,2]}}'],
    ['by letters written as escapes', '{"order_id":"a","note":"\\u0041\\u004a"}'],
  ])('is not misled %s', async (_, order) => {
    const bytes = await bytesIn(`{"orders":[${order},${order}]}`);

    expect(bytes).toEqual([order, order]);
  });

  it('is empty and the last where its list is null', async () => {
    const page = await pageOf('{"orders":null,"page_number":1,"page_size":500,"total_pages":0}');
    expect(page).toEqual({ orders: [], page: 1, last: true });
  });

  it('that is full is not the last where it says that there are no pages', async () => {
    const page = await pageOf('{"orders":[{"order_id":"a"}],"page_size":1,"total_pages":0}');
    expect(page).toMatchObject({ last: false });
  });

  it('that has no list at all is not understood', async () => {
    await expect(pageOf('{"total_pages":0}')).rejects.toMatchObject({ kind: 'invalid-response' });
  });

  it.each([
    ['twice', '{"orders":[],"orders":[{"order_id":"a"}]}'],
    ['once more, with a letter as an escape', '{"\\u006Frders":[],"orders":[{"order_id":"a"}]}'],
  ])('that has its list %s is not understood', async (_, written) => {
    await expect(pageOf(written)).rejects.toMatchObject({ kind: 'invalid-response' });
  });

  it('has as many orders as its list, whatever they hold', async () => {
    const order = fc.record(
      { order_id: fc.string(), orders: fc.jsonValue() },
      { requiredKeys: ['order_id'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 1 }), fc.nat(2), async (orders, space) => {
        const bytes = await bytesIn(JSON.stringify({ orders }, undefined, space));

        expect(bytes.map((one) => JSON.parse(one))).toEqual(JSON.parse(JSON.stringify(orders)));
      }),
    );
  });
});
