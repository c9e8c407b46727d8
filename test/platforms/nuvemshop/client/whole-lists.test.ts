import { describe, expect, it } from 'vitest';
import type { NuvemshopClient } from '../../../../functions/platforms/nuvemshop/client.ts';
import { fakeApi } from '../fake-api.ts';

const LISTS: [string, (client: NuvemshopClient) => Promise<{ id: string }[]>][] = [
  ['locations', ({ locations }) => locations.list()],
  ['custom fields', ({ customFields }) => customFields.list()],
  ['fulfilment orders', ({ fulfilmentOrders }) => fulfilmentOrders.list('1')],
  ['tracking events', ({ trackingEvents }) => trackingEvents.list('1', 'F1')],
];
const entry = (number: number) => ({ id: `E${number}`, status: 'UNPACKED' });

/** A list that gives 30 entries where nobody says how many (documented of all lists), and tells of the rest. */
const listOf = (count: number, said: (url: URL, page: number) => Record<string, string>) =>
  fakeApi(({ url }) => {
    const address = new URL(url);
    const page = Number(address.searchParams.get('page') ?? 1);
    const all = Array.from({ length: count }, (_, index) => entry(index + 1));
    return { body: all.slice((page - 1) * 30, page * 30), headers: said(address, page) };
  });

describe.each(LISTS)('the list of %s', (_, list) => {
  it('is read to its end, by the link', async () => {
    const { client } = listOf(
      70,
      ({ pathname }, page): Record<string, string> =>
        page < 3 ? { link: `<https://api.example${pathname}?page=${page + 1}>; rel="next"` } : {},
    );

    const all = await list(client);

    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 70 }, (_, index) => `E${index + 1}`));
  });

  it('is read to its end, by the total where there is no link', async () => {
    const { client } = listOf(70, () => ({ 'x-total-count': '70' }));

    const all = await list(client);

    expect(all).toHaveLength(70);
  });

  it('is asked for once, and without parameters that its page does not name, where nothing tells of more', async () => {
    const { client, calls } = listOf(30, () => ({}));

    await list(client);

    expect(calls.map(({ url }) => new URL(url).search)).toEqual(['']);
  });

  it('is empty where the platform says so by a 404 (observed)', async () => {
    const { client } = fakeApi(() => ({
      status: 404,
      body: { code: 404, message: 'Not Found', description: 'Last page is 0' },
    }));

    const all = await list(client);

    expect(all).toEqual([]);
  });
});
