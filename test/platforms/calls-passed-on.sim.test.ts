import { expect, it, onTestFinished } from 'vitest';
import { imotriz } from '../../functions/platforms/imotriz/platform.ts';
import { nuvemshop } from '../../functions/platforms/nuvemshop/platform.ts';
import { findEndpoint, type ThroughCall } from '../../functions/platforms/pass-through.ts';
import { pedidosya } from '../../functions/platforms/pedidosya/platform.ts';
import { startImotriz } from './imotriz/harness.ts';
import { startNuvemshop } from './nuvemshop/harness.ts';
import { CHAIN, chainOf, errorOf, startPedidosya } from './pedidosya/harness.ts';

/** A call of a platform's table, as it is passed on. */
function callOf(
  { passThrough }: { passThrough?: { endpoints(store: never): Parameters<typeof findEndpoint>[0] } },
  store: object,
  [method, path]: readonly [string, string],
  more: Partial<ThroughCall> = {},
): ThroughCall {
  const found = findEndpoint(passThrough?.endpoints(store as never) ?? [], method, path);
  if (found === undefined || found.endpoint.through === 'never') throw new Error('it is not passed on');
  return { endpoint: found.endpoint, variables: found.variables, query: {}, ...more };
}

it('Nuvemshop takes a write, and tells of a list how long it is', async () => {
  const shop = await startNuvemshop();
  onTestFinished(() => shop.sim.stop());
  const make = (...given: [readonly [string, string], Partial<ThroughCall>?]) =>
    nuvemshop.passThrough!.call(shop.client, callOf(nuvemshop, {}, ...given));

  const made = await make(['POST', 'categories'], { body: { name: { es: 'Tazas' } } });
  const listed = await make(['GET', 'categories'], { query: { per_page: '1' } });
  const { id } = made.body as { id: number };
  const gone = await make(['DELETE', `categories/${id}`]);

  expect(made).toMatchObject({ status: 201, body: { name: { es: 'Tazas' } } });
  expect(listed).toMatchObject({ status: 200, headers: { 'x-total-count': expect.any(String) } });
  expect(gone.status).toBe(200);
});

it('Nuvemshop is asked for a list with nothing in it, which is empty and no refusal', async () => {
  const shop = await startNuvemshop();
  onTestFinished(() => shop.sim.stop());
  const search = callOf(nuvemshop, {}, ['GET', 'customers'], { query: { q: 'nobody@example.com' } });

  const found = await nuvemshop.passThrough!.call(shop.client, search);

  expect(found).toEqual({ status: 200, headers: {}, body: [] });
});

it('PedidosYa is asked for the chain of the store, and its no is a no', async () => {
  const { api } = await startPedidosya();
  const make = (...given: [readonly [string, string], Partial<ThroughCall>?]) =>
    pedidosya.passThrough!.call(api, callOf(pedidosya, chainOf(), ...given));

  const categories = await make(['GET', `chains/${CHAIN}/vendors/nbet/categories`]);

  expect(categories).toMatchObject({ status: 200, body: expect.anything() });
  expect(await errorOf(make(['POST', `chains/${CHAIN}/catalog`], { body: {} }))).toMatchObject({
    kind: 'refused',
    status: 501,
  });
});

it('iMotriz gives the ids and marks nothing as synchronised', async () => {
  const { api, world, settings } = await startImotriz();
  const id = world.place();

  const { body } = await imotriz.passThrough!.call(
    api,
    callOf(imotriz, { id: 'main', settings }, ['GET', String(settings.paths.orderIds).slice(1)]),
  );

  expect(JSON.stringify(body)).toContain(id);
  expect(JSON.stringify(Buffer.from(await api.newOrders()).toString())).toContain(id);
});
