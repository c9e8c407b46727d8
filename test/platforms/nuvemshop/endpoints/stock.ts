import { type Endpoint, id } from './endpoint.ts';

const ADDRESS = {
  zipcode: '1000',
  street: 'Calle Inventada',
  number: '1',
  city: 'Ciudad de Prueba',
  province: { code: 'B', name: 'Buenos Aires' },
  region: { code: 'PAM', name: 'Pampeana' },
  country: { code: 'AR', name: 'Argentina' },
};

export const stock: Endpoint[] = [
  {
    name: 'stock.push',
    method: 'PATCH',
    route: '/products/stock-price',
    nature: 'state',
    run: async (c, s) => {
      const change = {
        productId: s.product.id,
        variantId: s.variant.id,
        price: '222.03',
        levels: [{ stock: 7 }],
      };
      const results: unknown[] = [];
      for await (const slice of c.stock.push([change])) results.push(...slice);
      return results;
    },
  },
  {
    name: 'stock.set',
    method: 'POST',
    route: '/products/{id}/variants/stock',
    nature: 'state',
    run: (c, s) => c.stock.set(id(s.product.id), id(s.variant.id), 12),
  },
  {
    name: 'stock.count',
    method: 'GET',
    route: '/products/{id}/variants/{variant_id}',
    nature: 'read',
    run: (c, s) => c.stock.count(id(s.product.id), id(s.variant.id)),
  },
  {
    name: 'stock.change',
    method: 'POST',
    route: '/products/{id}/variants/stock',
    nature: 'once',
    run: (c, s) => c.stock.change(id(s.product.id), id(s.variant.id), 5),
  },
  {
    name: 'locations.list',
    method: 'GET',
    route: '/locations',
    nature: 'read',
    run: (c) => c.locations.list(),
  },
  {
    name: 'locations.create',
    method: 'POST',
    route: '/locations',
    nature: 'once',
    run: (c) => c.locations.create({ name: { es_AR: 'Depósito nuevo' }, address: ADDRESS }),
  },
  {
    name: 'locations.update',
    method: 'PUT',
    route: '/locations/{id}',
    nature: 'state',
    run: (c, s) => c.locations.update(s.location.id, { name: { es_AR: 'Otro nombre' }, address: ADDRESS }),
  },
  {
    name: 'locations.setPriorities',
    method: 'PATCH',
    route: '/locations/priorities',
    nature: 'state',
    run: (c, s) => c.locations.setPriorities([{ id: s.location.id, priority: 0 }]),
  },
  {
    name: 'locations.makeDefault',
    method: 'PATCH',
    route: '/locations/{id}/chosen-as-default',
    nature: 'state',
    run: (c, s) => c.locations.makeDefault(s.location.id),
  },
];
