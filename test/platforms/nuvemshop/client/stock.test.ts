import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_PER_CALL,
  type StockPriceResult,
} from '../../../../functions/platforms/nuvemshop/client/stock.ts';
import { fakeApi, sentBody } from '../fake-api.ts';

interface Sent {
  id: number;
  variants: { id: number; price?: number }[];
}

const change = (index: number) => ({ productId: Math.floor(index / 7), variantId: index, price: '1.50' });
const isSent = (body: unknown): body is Sent[] => Array.isArray(body);
const sentOf = (body: unknown): Sent[] => (isSent(body) ? body : []);
const answerTo = (products: Sent[], success: (id: number) => boolean = () => true) =>
  products.map(({ id, variants }) => ({
    id,
    variants: variants.map((variant) => ({ id: variant.id, success: success(variant.id) })),
  }));
const all = async (slices: AsyncIterable<StockPriceResult[]>) => {
  const results: StockPriceResult[] = [];
  for await (const slice of slices) results.push(...slice);
  return results;
};

describe('pushing stock and prices', () => {
  it('sends at most 50 variants a call, each once, and answers for each (documented)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 180 }), async (count) => {
        const { client, calls } = fakeApi((request) => ({ body: answerTo(sentOf(sentBody(request))) }));
        const results = await all(
          client.stock.push(Array.from({ length: count }, (_, index) => change(index))),
        );
        const perCall = calls.map((call) =>
          sentOf(sentBody(call)).reduce((sum, { variants }) => sum + variants.length, 0),
        );
        expect(Math.max(0, ...perCall)).toBeLessThanOrEqual(MAX_PER_CALL);
        expect(calls).toHaveLength(Math.ceil(count / MAX_PER_CALL));
        expect(results.map(({ variantId }) => Number(variantId)).sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, index) => index),
        );
        expect(results.every(({ outcome }) => outcome === 'done')).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [7, 3],
    [0, 20],
    [500, 1],
  ])('sends %i a call where that is asked for, within what the platform takes', async (perCall, expected) => {
    const { client, calls } = fakeApi((request) => ({ body: answerTo(sentOf(sentBody(request))) }));
    const twenty = Array.from({ length: 20 }, (_, index) => change(index));
    await all(client.stock.push(twenty, perCall));
    expect(calls).toHaveLength(expected);
  });

  it('tells for each variant whether it succeeded (documented), or was not mentioned', async () => {
    const { client } = fakeApi((request) => ({
      body: answerTo(sentOf(sentBody(request)), (id) => id !== 1).map((product) => ({
        ...product,
        variants: product.variants.filter(({ id }) => id !== 2),
      })),
    }));
    const results = await all(client.stock.push([0, 1, 2].map(change)));
    expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'refused', 'not-answered']);
  });

  it.each(['many', 2.5, true])('takes %j for no number of units that anybody understands', async (odd) => {
    const { client } = fakeApi(() => ({ body: { id: 1, stock: odd } }));

    await expect(client.stock.count('1', '1')).rejects.toMatchObject({ kind: 'invalid-response' });
  });

  it('isolates the variant that spoils a whole call', async () => {
    const { client, calls } = fakeApi((request) => {
      const products = sentOf(sentBody(request));
      const spoilt = products.some(({ variants }) => variants.some(({ id }) => id === 13));
      return spoilt
        ? { status: 422, body: { code: 422, description: 'Validation error' } }
        : { body: answerTo(products) };
    });
    const results = await all(client.stock.push(Array.from({ length: 50 }, (_, index) => change(index))));
    expect(results).toHaveLength(50);
    expect(results.filter(({ outcome }) => outcome !== 'done')).toEqual([
      {
        productId: '1',
        variantId: '13',
        outcome: 'refused',
        refused: expect.objectContaining({ said: 'Validation error' }) as object,
      },
    ]);
    expect(calls.length).toBeLessThanOrEqual(13);
  });

  it('keeps the results it had when the platform fails', async () => {
    const { client } = fakeApi((request, index) =>
      index === 1 ? { status: 503, body: {} } : { body: answerTo(sentOf(sentBody(request))) },
    );
    const results: StockPriceResult[] = [];
    const pushing = (async () => {
      for await (const slice of client.stock.push(Array.from({ length: 120 }, (_, index) => change(index))))
        results.push(...slice);
    })();
    await expect(pushing).rejects.toMatchObject({ kind: 'retry-later' });
    expect(results).toHaveLength(50);
  });

  it('sends the later of two wishes for one variant, under its product, prices as numbers', async () => {
    const { client, calls } = fakeApi((request) => ({ body: answerTo(sentOf(sentBody(request))) }));
    const level = { locationId: '01GQ', stock: 3 };
    await all(
      client.stock.push([change(1), { productId: '0', variantId: '1', price: '222.03', levels: [level] }]),
    );
    expect(sentBody(calls[0])).toEqual([
      { id: 0, variants: [{ id: 1, price: 222.03, inventory_levels: [{ location_id: '01GQ', stock: 3 }] }] },
    ]);
  });

  it('refuses a level without its stock, for the platform would refuse the whole call (documented)', async () => {
    const { client } = fakeApi(() => ({ body: [] }));
    const levels = [{ locationId: 'L' }] as { locationId: string; stock: number }[];
    await expect(all(client.stock.push([{ productId: 1, variantId: 2, levels }]))).rejects.toMatchObject({
      kind: 'refused',
    });
  });
});

describe('the stock of one variant', () => {
  it('always names the variant: without its id the call would change all of them (documented)', async () => {
    const { client, calls } = fakeApi(() => ({ body: {} }));
    await client.stock.set('1', '144', 10);
    await client.stock.change('1', '144', -5, '01GQ');
    expect(sentBody(calls[0])).toEqual({ action: 'replace', value: 10, id: 144 });
    expect(sentBody(calls[1])).toEqual({ action: 'variation', value: -5, id: 144, location_id: '01GQ' });
    await expect(client.stock.set('1', '', 10)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is changed by a call that is made once: whoever gets no answer looks what became of it', async () => {
    const { client, calls } = fakeApi(() => ({ status: 504, body: {} }));

    await expect(client.stock.change('1', '144', 3)).rejects.toMatchObject({
      kind: 'retry-later',
      outcomeUnknown: true,
    });
    expect(calls).toHaveLength(1);
  });

  const levels = [
    { location_id: 'A', stock: 2 },
    { location_id: 'B', stock: '9' },
  ];
  const updated_at = '2026-11-22T12:00:00+0000';
  const changedAt = Date.parse('2026-11-22T12:00:00Z');
  it.each<[string, object, string | undefined, object]>([
    [
      'over all, with the time of its last change',
      { stock: 11, updated_at },
      undefined,
      { units: 11, changedAt },
    ],
    ['at the location that is meant', { stock: 11, inventory_levels: levels }, 'B', { units: 9 }],
    [
      'as none at a location that it was never at',
      { stock: 11, inventory_levels: levels },
      'C',
      { units: 0 },
    ],
    [
      'without a time where nobody says which of its levels changed',
      { stock: 11, updated_at, inventory_levels: levels },
      'A',
      { units: 2 },
    ],
    [
      'with the time of its only level',
      { stock: 2, updated_at, inventory_levels: levels.slice(0, 1) },
      'A',
      { units: 2, changedAt },
    ],
    ['as unlimited', { stock: null }, undefined, { units: null }],
    ['as unlimited where its text is empty', { stock: '' }, undefined, { units: null }],
    ['without a time that cannot be read', { stock: 1, updated_at: 'once' }, undefined, { units: 1 }],
  ])('is counted %s', async (_, body, locationId, counted) => {
    const { client } = fakeApi(() => ({ body: { id: 144, ...body } }));

    expect(await client.stock.count('1', '144', locationId)).toEqual(counted);
  });
});
