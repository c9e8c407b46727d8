import { describe, expect, it } from 'vitest';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { USER_AGENT } from './open-client.ts';

const read = (settings: unknown) => nuvemshop.stores(nuvemshop.settings().parse(settings));

describe('the settings', () => {
  it('give each store what its client needs, with the published limits', () => {
    const [store] = read({ userAgent: USER_AGENT, stores: [{ storeId: '111' }] });

    expect(store).toEqual({
      id: '111',
      settings: {
        storeId: '111',
        userAgent: USER_AGENT,
        baseUrl: 'https://api.nuvemshop.com.br/2025-03',
        authUrl: 'https://www.tiendanube.com/apps',
        rate: { perSecond: 2, burst: 40 },
        reconcile: { everyMinutes: 15, overlapMinutes: 60, firstDays: 30, deepDays: 14 },
        catalogue: true,
        customers: false,
      },
    });
    expect(nuvemshop.limits(store!)).toEqual({
      api: { scope: '111', perSecond: 2, burst: 40, queues: true },
    });
  });

  it('may name several stores, each with its own host, bucket and contact', () => {
    const stores = read({
      userAgent: USER_AGENT,
      stores: [
        { storeId: '111', rate: { perSecond: 20, burst: 400 } },
        { storeId: '222', baseUrl: 'https://api.tiendanube.com/v1', userAgent: 'Other (o@example.com)' },
      ],
    });

    expect(stores.map(({ id, settings }) => [id, settings.baseUrl, settings.userAgent])).toEqual([
      ['111', 'https://api.nuvemshop.com.br/2025-03', USER_AGENT],
      ['222', 'https://api.tiendanube.com/v1', 'Other (o@example.com)'],
    ]);
    expect(stores.map((store) => nuvemshop.limits(store).api)).toEqual([
      { scope: '111', perSecond: 20, burst: 400, queues: true },
      { scope: '222', perSecond: 2, burst: 40, queues: true },
    ]);
  });

  it.each([
    ['no store', { stores: [] }],
    ['two stores of one id', { stores: [{ storeId: '111' }, { storeId: '111' }] }],
    ['a store id that is no number', { stores: [{ storeId: 'shop' }] }],
    ['a contact that is none', { stores: [{ storeId: '111', userAgent: 'curl' }] }],
    [
      'a name that no header can hold',
      { stores: [{ storeId: '111', userAgent: 'Café – Loja (a@example.com)' }] },
    ],
    ['a name that nobody knows', { stores: [{ storeId: '111', token: 'x' }] }],
    ['plain http elsewhere', { stores: [{ storeId: '111', baseUrl: 'http://api.example' }] }],
  ])('are refused with %s', (_, settings) => {
    expect(nuvemshop.settings().safeParse({ userAgent: USER_AGENT, ...settings }).success).toBe(false);
  });

  it('may name the app with the letters of Spanish and Portuguese', () => {
    const userAgent = 'Acópio da Conceição (a@example.com)';

    const [store] = read({ userAgent, stores: [{ storeId: '111' }] });

    expect(store?.settings.userAgent).toBe(userAgent);
  });
});
