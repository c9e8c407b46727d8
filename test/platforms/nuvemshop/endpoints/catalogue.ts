import { drain, type Endpoint, id } from './endpoint.ts';

export const catalogue: Endpoint[] = [
  {
    name: 'products.get',
    method: 'GET',
    route: '/products/{id}',
    nature: 'read',
    run: (c, s) => c.products.get(id(s.product.id)),
  },
  {
    name: 'products.getBySku',
    method: 'GET',
    route: '/products/sku/{sku}',
    nature: 'read',
    run: (c, s) => c.products.getBySku(s.variant.sku ?? ''),
  },
  {
    name: 'products.create',
    method: 'POST',
    route: '/products',
    nature: 'add',
    run: (c) =>
      c.products.create({
        name: { es: 'Cosa nueva' },
        variants: [{ price: '10.00', stock: 3, sku: 'NEW-1' }],
      }),
  },
  {
    name: 'products.update',
    method: 'PUT',
    route: '/products/{id}',
    nature: 'state',
    run: (c, s) => c.products.update(id(s.product.id), { brand: 'Marca' }),
  },
  {
    name: 'variants.create',
    method: 'POST',
    route: '/products/{id}/variants',
    nature: 'add',
    run: (c, s) => c.variants.create(id(s.product.id), { price: 5, values: [{ es: 'XXXL' }] }),
  },
  {
    name: 'variants.update',
    method: 'PUT',
    route: '/products/{id}/variants/{variant_id}',
    nature: 'state',
    run: (c, s) => c.variants.update(id(s.product.id), id(s.variant.id), { price: '25.00' }),
  },
  {
    name: 'variants.updateMany',
    method: 'PATCH',
    route: '/products/{id}/variants',
    nature: 'state',
    run: (c, s) => c.variants.updateMany(id(s.product.id), [{ id: s.variant.id, price: '9.00' }]),
  },
  {
    name: 'variants.delete',
    method: 'DELETE',
    route: '/products/{id}/variants/{variant_id}',
    nature: 'remove',
    run: (c, s) => c.variants.delete(id(s.product.id), id(s.variant.id)),
  },
  {
    name: 'images.add',
    method: 'POST',
    route: '/products/{id}/images',
    nature: 'once',
    run: (c, s) => c.images.add(id(s.product.id), { src: 'https://pictures.example/invented-lamp.jpg' }),
  },
  {
    name: 'images.delete',
    method: 'DELETE',
    route: '/products/{id}/images/{image_id}',
    nature: 'remove',
    run: async (c, s) => {
      const product = id(s.product.id);
      const image = await c.images.add(product, { src: 'https://pictures.example/other.jpg' });
      return c.images.delete(product, image.id);
    },
  },
  {
    name: 'categories.list',
    method: 'GET',
    route: '/categories',
    nature: 'read',
    run: (c) => drain(c.categories.list()),
  },
  {
    name: 'categories.create',
    method: 'POST',
    route: '/categories',
    nature: 'once',
    run: (c, s) => c.categories.create({ name: { es: 'Subcategoría nueva' }, parent: s.category.id }),
  },
];
