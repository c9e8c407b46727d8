import { describe, expect, it } from 'vitest';
import { fakeApi, sentBody } from '../fake-api.ts';

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
