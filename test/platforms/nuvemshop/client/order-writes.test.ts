import { describe, expect, it } from 'vitest';
import type { OrderCreation } from '../../../../functions/platforms/nuvemshop/client/order-writes.ts';
import { fakeApi, sentBody } from '../fake-api.ts';

const ORDER: OrderCreation = {
  gateway: 'offline',
  products: [{ variant_id: '101', quantity: 2 }],
  inventory_behaviour: 'bypass',
  customer: { email: 'Nadie@example.com', name: 'Nadie Real' },
  send_confirmation_email: false,
  send_fulfillment_email: false,
};
const TWIN = {
  id: 77,
  status: 'open',
  contact_email: 'nadie@example.com',
  note: '',
  products: [{ variant_id: '101', quantity: '2' }],
};

describe('changing an order', () => {
  it('refuses fields that PUT does not take, by name (documented)', async () => {
    const { client } = fakeApi(() => ({ body: { id: 1 } }));
    const paid: object = { owner_note: 'x', status: 'paid', total: '1.00' };
    await expect(client.orderWrites.update('1', paid as { owner_note: string })).rejects.toThrow(
      /"status", "total"/,
    );
  });

  it('always says reason, email and restock when it cancels (documented)', async () => {
    const { client, calls } = fakeApi(() => ({ body: { id: 1, status: 'cancelled' } }));
    await client.orderWrites.cancel('1', { reason: 'fraud', email: false, restock: false });
    expect(sentBody(calls[0])).toEqual({ reason: 'fraud', email: false, restock: false });
    const silent = { reason: 'fraud' } as { reason: 'fraud'; email: boolean; restock: boolean };
    await expect(client.orderWrites.cancel('1', silent)).rejects.toThrow(/email.*restock/s);
  });
});

describe('a write that must not be made twice', () => {
  const repeat = { firstTriedAt: new Date('2026-11-22T11:00:00Z') };

  it('is looked for before it is repeated, and not made when it is there', async () => {
    const { client, calls } = fakeApi(() => ({
      body: [{ ...TWIN, id: 76, contact_email: 'x@example.com' }, TWIN],
    }));
    expect(await client.orderWrites.create(ORDER, repeat)).toMatchObject({ id: '77' });
    expect(calls).toHaveLength(1);
    // Five minutes earlier, because clocks differ.
    expect(new URL(calls[0]?.url ?? '').searchParams.get('created_at_min')).toBe('2026-11-22T10:55:00.000Z');
  });

  it('is made at a repeat when it is not there', async () => {
    const { client, calls } = fakeApi(({ method }) => ({ body: method === 'GET' ? [] : TWIN }));
    await client.orderWrites.create(ORDER, repeat);
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it.each([
    ['another basket', { products: [{ variant_id: 101, quantity: 3 }] }],
    ['another buyer', { contact_email: 'other@example.com' }],
    ['another note', { note: 'gift' }],
    ['a shape nobody knows', { products: null }],
  ])('is not taken for one with %s', async (_, changes) => {
    const { client, calls } = fakeApi(({ method }) => ({
      body: method === 'GET' ? [{ ...TWIN, ...changes }] : TWIN,
    }));
    await client.orderWrites.create(ORDER, repeat);
    expect(calls).toHaveLength(2);
  });

  it('fails as it failed when it cannot be seen, and is left to a later repeat', async () => {
    const { client, calls } = fakeApi(({ method }) =>
      method === 'GET' ? { body: [] } : { status: 504, body: {} },
    );
    await expect(client.orderWrites.create(ORDER)).rejects.toMatchObject({
      kind: 'retry-later',
      status: 504,
      outcomeUnknown: true,
    });
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('fails as it failed when looking fails too', async () => {
    const { client } = fakeApi(({ method }) => ({ status: method === 'GET' ? 401 : 503, body: {} }));
    await expect(client.orderWrites.create(ORDER)).rejects.toMatchObject({ status: 503 });
  });

  it('is not looked for when it was refused', async () => {
    const { client, calls } = fakeApi(() => ({ status: 422, body: { gateway: ['is invalid'] } }));
    await expect(client.orderWrites.create(ORDER)).rejects.toMatchObject({ kind: 'refused' });
    expect(calls).toHaveLength(1);
  });

  it('finds an image by its file name, which the platform keeps (official samples)', async () => {
    const hosted = { id: 134, src: 'http://cdn.example/products/charmander-640-0.jpg' };
    const { client, calls } = fakeApi(({ method }) =>
      method === 'GET' ? { body: [hosted] } : { status: 500, body: {} },
    );
    expect(await client.images.create('1', { src: 'http://example.com/charmander.jpg' })).toMatchObject({
      id: '134',
    });
    expect(calls).toHaveLength(2);
  });
});
