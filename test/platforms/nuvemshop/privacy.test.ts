import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPrivacyNotice } from '../../../functions/platforms/nuvemshop/webhook-bodies.ts';

const customer = { id: 1, email: 'persona@example.com', phone: '+54', identification: '30111222' };

describe('privacy notices (documented)', () => {
  it('are read as ids, without the personal data they quote', () => {
    const redact = readPrivacyNotice('customers/redact', {
      store_id: 123,
      customer,
      orders_to_redact: [213, '3415'],
    });
    expect(redact).toEqual({ ok: true, storeId: '123', customerId: '1', orderIds: ['213', '3415'] });
    const request = {
      store_id: '123',
      customer,
      orders_requested: [213],
      checkouts_requested: [1],
      data_request: { id: 456 },
    };
    expect(readPrivacyNotice('customers/data_request', request)).toEqual({
      ok: true,
      storeId: '123',
      customerId: '1',
      orderIds: ['213'],
      checkoutIds: ['1'],
      dataRequestId: '456',
    });
    expect(readPrivacyNotice('store/redact', { store_id: 123 })).toEqual({
      ok: true,
      storeId: '123',
      orderIds: [],
    });
  });

  it('say which field is wrong', () => {
    expect(readPrivacyNotice('customers/redact', { store_id: 123 })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('customer') as string,
    });
    expect(readPrivacyNotice('store/redact', {})).toMatchObject({
      ok: false,
      problem: expect.stringContaining('store_id') as string,
    });
    expect(readPrivacyNotice('customers/redact', { store_id: 123, customer })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('orders_to_redact') as string,
    });
    const bad = readPrivacyNotice('customers/redact', {
      store_id: 123,
      customer: { id: 1 },
      orders_to_redact: ['persona@example.com'],
    });
    expect(JSON.stringify(bad)).not.toContain('persona');
  });

  it('throw at nothing', () => {
    const topic = fc.constantFrom('store/redact', 'customers/redact', 'customers/data_request');
    fc.assert(
      fc.property(topic, fc.anything(), (one, json) => {
        expect(typeof readPrivacyNotice(one, json).ok).toBe('boolean');
      }),
    );
  });
});
