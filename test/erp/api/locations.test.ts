import { beforeEach, describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../functions/storage/circuit-breaker.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, shopLocations as shop } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['catalogue']);
let ids = 0;
beforeEach(() => {
  shop.clear();
  ids += 1;
});

const AT = '?platform=shop&store=s';
const get = (path: string) => api.call('GET', path, { token });
const put = (id: string, body: unknown) =>
  api.call('PUT', `/v1/locations/${encodeURIComponent(id)}`, { token, body });
const own = () => `shop:s:erp-location:dep-${ids}`;
const WANTED = { name: 'Depósito Norte', address: { city: 'Salta' } };

describe('GET /v1/categories', () => {
  it('lists the tree with the path of each, as the platform has it', async () => {
    const { status, body } = await get(`/v1/categories${AT}`);

    expect(status).toBe(200);
    expect(body.items).toEqual([
      { id: '1', name: { es: 'Ropa' }, path: ['Ropa'] },
      { id: '2', parentId: '1', name: { es: 'Remeras' }, path: ['Ropa', 'Remeras'] },
    ]);
  });

  it('is known of no platform that has none', async () => {
    expect((await get('/v1/categories?platform=mall')).body).toMatchObject({ code: 'endpoint-unknown' });
  });

  it('needs the scope of the catalogue', async () => {
    const { body } = await api.call('GET', `/v1/categories${AT}`, { token: api.token(['orders:read']) });

    expect(body).toMatchObject({ code: 'scope-missing', scope: 'catalogue' });
  });
});

describe('locations', () => {
  it('are listed with their names, the first one first', async () => {
    const { id } = shop.add({ priority: 1, isDefault: false });
    shop.add({ priority: 0, isDefault: true });

    const { body } = await get(`/v1/locations${AT}`);

    expect(body.items.map((one: { default: boolean }) => one.default)).toEqual([true, false]);
    expect(body.items[1]).toEqual({
      id: `shop:s:location:${id}`,
      locationId: id,
      name: { es: expect.any(String) as string },
      address: { city: 'Rosario' },
      priority: 1,
      default: false,
    });
  });

  it('are read one by one, by either id', async () => {
    const { body } = await put(own(), WANTED);

    const [byOwn, byTheirs] = [
      await get(`/v1/locations/${encodeURIComponent(own())}`),
      await get(`/v1/locations/${encodeURIComponent(body.location.id as string)}`),
    ];

    expect(byOwn.body).toEqual(body.location);
    expect(byTheirs.body).toEqual(body.location);
  });

  it.each(['shop:s:location:L99', 'shop:s:erp-location:nobody', 'other:s:location:L1'])(
    '%s is none that there is',
    async (id) => {
      const { status, body } = await get(`/v1/locations/${encodeURIComponent(id)}`);

      expect([status, body.code]).toEqual([404, 'location-unknown']);
    },
  );
});

describe('PUT /v1/locations/{id}', () => {
  it('makes what is wanted, and says what it changed', async () => {
    const { status, body } = await put(own(), { ...WANTED, default: true });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      changed: ['created', 'default'],
      unconfirmed: [],
      location: { externalId: `dep-${ids}`, default: true, name: { es: 'Depósito Norte' } },
    });
  });

  it('changes a location by the id of the platform', async () => {
    const { id } = shop.add();

    const { body } = await put(`shop:s:location:${id}`, { name: 'Otro' });

    expect(body).toMatchObject({ changed: ['name'], location: { name: { es: 'Otro' } } });
  });

  it('points at each field that a new one needs', async () => {
    const { status, body } = await put(own(), { default: true });

    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ pointer: '/body/name' }, { pointer: '/body/address/city' }]);
  });

  it('says what was done of it where the platform takes the rest not now, and does that when sent again', async () => {
    const full = () => shop.error({ throttled: true, status: 429 });
    shop.faults.push({ call: 'default', when: 'before', error: full() });

    const half = await put(own(), { ...WANTED, default: true });
    const again = await put(own(), { ...WANTED, default: true });

    expect([half.status, half.body.code]).toEqual([503, 'platform-busy']);
    expect(half.body.detail).toContain('Done before that: created. Send the same request again');
    expect(half.body.detail).not.toContain('Nothing was done');
    expect(again.body).toMatchObject({ changed: ['default'] });
  });

  it('says that nothing was done where the platform took no call of it', async () => {
    shop.faults.push({ call: 'list', when: 'before', error: shop.error({ throttled: true, status: 429 }) });

    expect((await put(own(), WANTED)).body.detail).toContain('Nothing was done.');
  });

  it('names the plan that takes no more, and what to do', async () => {
    shop.add();
    const error = shop.error({ kind: 'refused', status: 422, said: 'the plan allows 1 location' });
    shop.faults.push({ call: 'create', when: 'before', error });

    const { status, body } = await put(own(), WANTED);

    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'plan-limit', plan: 'Básico', locations: 1 });
    expect(body.detail).toContain('Change the plan');
  });

  it('says when to ask again where nobody knows yet whether it was made', async () => {
    shop.faults.push({ call: 'create', when: 'before', error: shop.error({ outcomeUnknown: true }) });

    const { status, headers, body } = await put(own(), WANTED);

    expect([status, body.code, headers['retry-after']]).toEqual([503, 'platform-busy', '10']);
  });

  it('says that a change may have happened, and that it is safe to send again', async () => {
    const { id } = shop.add();
    shop.faults.push({ call: 'update', when: 'after', error: shop.error({ outcomeUnknown: true }) });

    const first = await put(`shop:s:location:${id}`, { name: 'Otro' });
    const again = await put(`shop:s:location:${id}`, { name: 'Otro' });

    expect([first.status, first.body.code, first.body.retry]).toEqual([504, 'outcome-unknown', 'same-key']);
    expect(first.body.detail).toContain('Send it again');
    expect(again.body).toMatchObject({ changed: [] });
  });

  it('says nothing of a change where the list alone could not be read', async () => {
    const { id } = shop.add();
    shop.faults.push({ call: 'list', when: 'after', error: shop.error({ kind: 'invalid-response' }) });

    const { status, body } = await put(`shop:s:location:${id}`, { name: 'Otro' });

    expect([status, body.code]).toEqual([503, 'platform-busy']);
    expect(shop.writes()).toEqual([]);
  });

  it('calls nobody while calls to the store are stopped', async () => {
    const stopped = { ...tables, platform: 'shop', storeId: 's-2', clock: api.clock };
    await createCircuitBreaker({ ...stopped, backfill: { request: async () => {} } }).trip(
      'refused',
      'Mend it.',
    );

    const { body } = await put('shop:s-2:erp-location:north', WANTED);

    expect(body).toMatchObject({ code: 'platform-stopped' });
    expect(shop.calls).toEqual([]);
  });

  it('takes no id of the merchant’s that could not stand anywhere', async () => {
    expect((await put('shop:s:erp-location:a b', WANTED)).body).toMatchObject({ code: 'location-unknown' });
  });
});

describe('PUT /v1/locations/priorities', () => {
  const order = (...names: string[]) =>
    api.call('PUT', '/v1/locations/priorities', { token, body: { order: names } });

  it('has what is named come first, and answers all of them', async () => {
    const [first, second] = [shop.add(), shop.add()];

    const { body } = await order(`shop:s:location:${second.id}`);

    expect(body).toMatchObject({ changed: true, unconfirmed: false });
    expect(body.items.map((one: { locationId: string }) => one.locationId)).toEqual([second.id, first.id]);
  });

  it('points at locations that there are not, and at those of another store', async () => {
    const { id } = shop.add();

    const missing = await order(`shop:s:location:${id}`, 'shop:s:location:L99');
    const strange = await order(`shop:s:location:${id}`, 'shop:s-2:location:L1');

    expect(missing.body.errors).toMatchObject([{ pointer: '/body/order/1' }]);
    expect(strange.body.errors).toMatchObject([{ pointer: '/body/order/1' }]);
    expect(shop.writes()).toEqual([]);
  });
});
