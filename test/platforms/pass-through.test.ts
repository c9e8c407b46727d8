import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../functions/domain/command.ts';
import { findEndpoint, scopesOf } from '../../functions/platforms/pass-through.ts';
import { createImotrizSimulator } from '../../local/platforms/imotriz/simulator.ts';
import { createNuvemshopSimulator } from '../../local/platforms/nuvemshop/simulator.ts';
import { createPedidosYaSimulator } from '../../local/platforms/pedidosya/simulator.ts';
import { reachOf, shapeOf, TABLES, tableOf } from '../guides/reach.ts';
import { METHODS } from '../guides/registry.ts';

const found = (platform: string, method: string, path: string) =>
  findEndpoint(tableOf(platform), method, path)?.endpoint;

/** The routes of the simulated platforms, which are all that its guides and its reference name. */
const SIMULATED = [
  ['nuvemshop', createNuvemshopSimulator().routes],
  ['pedidosya', createPedidosYaSimulator().routes],
  ['imotriz', createImotrizSimulator().routes],
] as const;
describe('the table of calls of', () => {
  it.each(SIMULATED)('%s has every call that its guides and its reference name', (name, routes) => {
    const known = tableOf(name).map(shapeOf);

    expect(known.toSorted()).toEqual(routes.map(shapeOf).toSorted());
  });

  it.each(TABLES.map(({ name, endpoints }) => [name, endpoints] as const))(
    '%s names each operation once, and as the client does',
    (name, endpoints) => {
      const operations = endpoints.map(({ operation }) => operation);
      expect(new Set(operations).size).toBe(operations.length);

      const methods = METHODS.filter(({ platform }) => platform === name);
      for (const { operation, method, path } of endpoints) {
        const same = methods.find((one) => one.name === operation);
        if (same === undefined) continue;
        expect(shapeOf(same.call)).toBe(shapeOf({ method, path }));
      }
    },
  );

  it.each(TABLES.map(({ name, endpoints }) => [name, endpoints] as const))(
    '%s says of each call that it keeps why, and what to use instead',
    (_, endpoints) => {
      for (const endpoint of endpoints) {
        if (endpoint.through === 'never') expect(endpoint.reason).toMatch(/^[A-Za-z].{20,}\.$/);
        const named = endpoint.reachedBy.flatMap((one) => (one.startsWith('command ') ? [one.slice(8)] : []));
        for (const name of named) expect(COMMANDS).toContain(name);
      }
    },
  );

  it.each(TABLES.map(({ name, endpoints }) => [name, endpoints] as const))(
    '%s lets nobody read what is read with GET only once, nor change anything with a read',
    (_, endpoints) => {
      for (const { through, method } of endpoints) {
        if (through === 'read') expect(method).toBe('GET');
        if (through === 'write') expect(method).not.toBe('GET');
      }
    },
  );
});

/** What only a person does, in the platform's panel or nowhere: the row of each says why. */
const BY_NOBODY = [
  'nuvemshop transactions.create',
  'nuvemshop orders.pack',
  'nuvemshop orders.fulfil',
  'nuvemshop fulfilmentOrders.delete',
  'nuvemshop metafields.delete',
  'nuvemshop variants.replaceAll',
  'nuvemshop webhooks.update',
  'pedidosya orders.older',
];

it('every call is brought about by a route, a command, an event or a schedule, but for those named here', () => {
  const unreached = TABLES.flatMap(({ name, endpoints }) =>
    endpoints.filter((one) => reachOf(one).length === 0).map(({ operation }) => `${name} ${operation}`),
  );

  expect(unreached.toSorted()).toEqual(BY_NOBODY.toSorted());
});

it('every call of a client is in its table', () => {
  const absent = METHODS.filter(
    ({ platform, call }) => !tableOf(platform).some((one) => shapeOf(one) === shapeOf(call)),
  );

  expect(absent).toEqual([]);
});

describe('what goes round something of ours is kept', () => {
  it.each([
    ['imotriz', 'GET', 'api/cart/transaction/newOrders'],
    ['nuvemshop', 'POST', 'orders/1/cancel'],
    ['nuvemshop', 'PATCH', 'products/stock-price'],
    ['nuvemshop', 'POST', 'products/1/variants/stock'],
    ['nuvemshop', 'POST', 'webhooks'],
    ['nuvemshop', 'POST', 'apps/authorize/token'],
    ['nuvemshop', 'PUT', 'products/1/variants'],
    ['pedidosya', 'PUT', 'chains/c/orders/1'],
    ['pedidosya', 'PUT', 'chains/c/vendors/v/catalog'],
    ['pedidosya', 'POST', 'oauth/token'],
  ])('%s: %s %s', (platform, method, path) => {
    expect(found(platform, method, path)).toMatchObject({ through: 'never' });
  });
});

describe('a path', () => {
  it('is found with its variables, whatever the case of the method', () => {
    expect(findEndpoint(tableOf('nuvemshop'), 'get', 'products/7/variants/8')).toMatchObject({
      endpoint: { operation: 'variants.get' },
      variables: { id: '7', variant_id: '8' },
    });
  });

  it('that the platform reads as something else is never taken for an id', () => {
    expect(found('nuvemshop', 'GET', 'orders/custom-fields')?.operation).toBe('orderFields.list');
    expect(found('nuvemshop', 'PUT', 'products/stock-price')).toBeUndefined();
  });

  it.each([
    'orders/..',
    'orders/.',
    'orders/',
    'orders//',
    '/orders',
    'orders/1/',
    'Orders',
    'orders/1/../2',
    '',
  ])('that climbs or is not whole is in no row: "%s"', (path) => {
    expect(found('nuvemshop', 'GET', path)).toBeUndefined();
  });
});

describe('a body that is refused', () => {
  const refusal = (method: string, path: string, body: unknown, about = { tellsPrices: false }) => {
    const endpoint = found('nuvemshop', method, path);
    if (endpoint === undefined || endpoint.through === 'never') throw new Error('it is not passed on');
    return endpoint.refusal?.(body, about);
  };

  it('changes the stock of a variant', () => {
    expect(refusal('PUT', 'products/1/variants/2', { stock: 3 })).toContain('Leave stock');
    expect(refusal('PATCH', 'products/1/variants', [{ id: 2 }, { id: 3, inventory_levels: [] }])).toContain(
      'Leave stock',
    );
    expect(refusal('PUT', 'products/1/variants/2', { barcode: '7' })).toBeUndefined();
  });

  it('changes what a variant costs in a store that we tell prices', () => {
    const told = { tellsPrices: true };
    const variant = 'products/1/variants/2';

    for (const field of ['price', 'promotional_price', 'cost']) {
      expect(refusal('PUT', variant, { [field]: '3.00' }, told)).toContain('PUT /v1/prices');
      expect(refusal('PATCH', 'products/1/variants', [{ id: 2, [field]: null }], told)).toContain(
        'Leave price',
      );
      expect(refusal('PUT', variant, { [field]: '3.00' })).toBeUndefined();
    }
    expect(refusal('PUT', variant, { barcode: '7' }, told)).toBeUndefined();
  });

  it('creates an order without a word on the stock', () => {
    expect(refusal('POST', 'orders', { products: [] })).toContain('inventory_behaviour');
    expect(refusal('POST', 'orders', { inventory_behaviour: 'cliam' })).toContain('inventory_behaviour');
    expect(refusal('POST', 'orders', { inventory_behaviour: 'claim' })).toBeUndefined();
  });

  it('writes to the list of invoices', () => {
    expect(refusal('POST', 'metafields', { namespace: 'nfe', key: 'list' })).toContain('invoice');
    expect(refusal('POST', 'metafields', { namespace: 'NFE ', key: 'list' })).toContain('invoice');
    expect(refusal('POST', 'metafields', [{ namespace: 'mine' }, { namespace: 'nfe' }])).toContain('invoice');
    expect(refusal('POST', 'metafields', { namespace: 'mine', key: 'list' })).toBeUndefined();
  });
});

describe('the scopes of a call', () => {
  it('are those of reading or writing, and of the persons in its answer', () => {
    expect(scopesOf({ through: 'read' })).toEqual(['platform:read']);
    expect(scopesOf({ through: 'write', persons: ['customers:personal'] })).toEqual([
      'platform:write',
      'customers:personal',
    ]);
  });

  it('include those of persons wherever orders or customers are read', () => {
    const people = TABLES.flatMap(({ endpoints }) => endpoints).filter(
      (one) => one.through !== 'never' && /^\/(chains\/.*\/)?(orders(?!\/custom)|customers)/.test(one.path),
    );
    expect(people.length).toBeGreaterThan(10);
    for (const one of people) expect(one).toHaveProperty('persons');
  });
});
