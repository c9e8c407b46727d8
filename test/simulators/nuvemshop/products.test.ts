import { describe, expect, it } from 'vitest';
import { at, openShop } from './open-shop.ts';

describe('products', () => {
  it('are created with variants, images and categories, in the language of the shop', async () => {
    const { call, store } = await openShop();
    const [category] = store.categories.keys();
    const { status, json } = await call('POST', '/products', {
      body: {
        name: 'Camiseta de prueba',
        categories: [category],
        images: [{ src: 'https://example.com/a.png' }],
        variants: [
          { price: '10.00', stock: 12, weight: '2.00', cost: '10.99', sku: 'T-1', stock_management: true },
        ],
      },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      name: { es: 'Camiseta de prueba' },
      handle: { es: 'camiseta-de-prueba' },
      variants: [{ price: '10.00', stock: 12, stock_management: true, cost: '10.99' }],
      images: [{ position: 1 }],
      categories: [{ id: category }],
    });
    expect(at(json, 'images', 0, 'src')).not.toBe('https://example.com/a.png');
  });

  it('always have a variant, and ignore the price and stock that the guide puts on the product', async () => {
    const { call, get } = await openShop();
    const created = await call('POST', '/products', {
      body: { name: 'Sola', price: 49.99, stock: 5, sku: 'X' },
    });
    expect(created.json).toMatchObject({ variants: [{ price: null, stock: null, stock_management: false }] });
    const path = `/products/${at(created.json, 'id')}`;
    expect((await call('PUT', path, { body: { price: 54.99, stock: 150 } })).status).toBe(200);
    expect((await get(path)).json).toMatchObject({ variants: [{ price: null, stock: null }] });
  });

  it('merge what PUT leaves out, but clear categories by an empty list', async () => {
    const { call, store } = await openShop();
    const product = [...store.products.values()][0]!;
    const path = `/products/${product.id}`;
    const renamed = await call('PUT', path, { body: { name: { es: 'Otro nombre' } } });
    expect(at(renamed.json, 'categories')).toHaveLength(1);
    expect((await call('PUT', path, { body: { categories: [] } })).json).toMatchObject({ categories: [] });
  });

  it('refuse what the reference refuses', async () => {
    const { call } = await openShop();
    const post = (body: object) => call('POST', '/products', { body: { name: 'x', ...body } });
    expect((await call('POST', '/products', { body: {} })).json).toMatchObject({ name: ["can't be blank"] });
    expect((await post({ published: true, visibility: 'hidden' })).status).toBe(422);
    expect((await post({ video_url: 'http://example.com' })).json).toHaveProperty('video_url');
    expect((await post({ seo_title: 'x'.repeat(71) })).json).toHaveProperty('seo_title');
    expect((await post({ seo_description: 'x'.repeat(321) })).json).toHaveProperty('seo_description');
    expect((await post({ attributes: ['a', 'b', 'c', 'd'] })).json).toHaveProperty('attributes');
    expect((await post({ categories: [1] })).json).toHaveProperty('categories');
    expect((await post({ colour: 'red' })).json).toMatchObject({ colour: ['is not a known field'] });
    const images = Array.from({ length: 10 }, () => ({ src: 'https://example.com/a.png' }));
    expect((await post({ images })).json).toHaveProperty('images');
  });

  it('stop at 100,000 in a shop', async () => {
    const { call, store } = await openShop();
    const product = [...store.products.values()][0]!;
    for (let id = 1; store.products.size < 100_000; id += 1) store.products.set(id, product);
    expect((await call('POST', '/products', { body: { name: 'x' } })).json).toMatchObject({
      description: 'Store has reached maximum limit of 100000 allowed products',
    });
  });

  it('are found by SKU: the product, not the variant', async () => {
    const { get, store } = await openShop();
    const product = [...store.products.values()][1]!;
    const { sku } = product.variants[1]!;
    expect((await get(`/products/sku/${encodeURIComponent(sku!)}`)).json).toMatchObject({ id: product.id });
    expect((await get('/products/sku/none')).status).toBe(404);
  });

  it('are deleted', async () => {
    const { call, get, store } = await openShop();
    const path = `/products/${[...store.products.keys()][0]}`;
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await get(path)).status).toBe(404);
  });

  it('are listed by every filter and order', async () => {
    // Arrange
    const { get, store } = await openShop();
    const products = [...store.products.values()];
    const first = products[0]!;
    first.published = false;
    first.freeShipping = true;
    first.tags = 'oferta';
    first.variants[0]!.weight = '0.000';
    first.variants[0]!.depth = null;
    const list = async (query: string) => {
      const { status, json } = await get(`/products?${query}&fields=id`);
      return status === 404 ? [] : (json as unknown[]).map((product) => at(product, 'id'));
    };

    // Act and assert
    expect(await list(`ids=${first.id},${products[1]!.id}`)).toHaveLength(2);
    expect(await list(`since_id=${products.at(-2)!.id}`)).toEqual([products.at(-1)!.id]);
    expect(await list('q=oferta')).toEqual([first.id]);
    expect(await list(`q=${products[2]!.variants[0]!.sku}`)).toEqual([products[2]!.id]);
    expect(await list(`handle=${first.handle.es}`)).toEqual([first.id]);
    expect(await list(`category_id=${first.categoryIds[0]}`)).toHaveLength(products.length);
    expect(await list('published=false')).toEqual([first.id]);
    expect(await list('free_shipping=true')).toEqual([first.id]);
    expect(await list('has_weight=false')).toEqual([first.id]);
    expect(await list('has_all_dimensions=false')).toEqual([first.id]);
    expect(await list('has_weight_and_all_dimensions=true')).toHaveLength(products.length - 1);
    expect(await list('min_stock=1000000')).toEqual([]);
    expect(await list('max_stock=1000000')).toHaveLength(products.length);
    const promoted = products.filter(({ variants }) =>
      variants.some(({ promotionalCents }) => promotionalCents !== null),
    );
    expect(await list('has_promotional_price=true')).toHaveLength(promoted.length);
    expect(await list('created_at_min=2027-01-01')).toEqual([]);
    const ascending = await list('sort_by=price-ascending');
    expect(ascending.toReversed()).toEqual(await list('sort_by=price-descending'));
    expect((await get('/products?sort_by=magic')).status).toBe(422);
    expect((await get(`/products?ids=${Array.from({ length: 31 }, (_, i) => i + 1).join(',')}`)).status).toBe(
      422,
    );
  });
});

describe('images', () => {
  it('are added by address or by bytes, changed, listed and deleted', async () => {
    const { call, get, store } = await openShop();
    const path = `/products/${[...store.products.keys()][0]}/images`;
    const added = await call('POST', path, { body: { src: 'https://example.com/a.png' } });
    const bytes = await call('POST', path, { body: { attachment: 'aGk=', filename: 'a.png', position: 1 } });
    const one = `${path}/${at(added.json, 'id')}`;
    expect([added.status, bytes.status]).toEqual([201, 201]);
    expect((await call('PUT', one, { body: { position: 9, alt: 'prueba' } })).json).toMatchObject({
      position: 9,
      alt: ['prueba'],
    });
    expect((await get(path)).json).toHaveLength(3);
    expect((await get(one)).json).toMatchObject({ position: 9 });
    expect((await call('DELETE', one)).status).toBe(200);
    expect((await get(one)).status).toBe(404);
  });

  it('need an address or bytes with a name, and are 250 at most', async () => {
    const { call, store } = await openShop();
    const product = [...store.products.values()][0]!;
    const path = `/products/${product.id}/images`;
    expect((await call('POST', path, { body: {} })).json).toMatchObject({ src: ["can't be blank"] });
    expect((await call('POST', path, { body: { attachment: 'aGk=' } })).json).toHaveProperty('filename');
    expect((await call('POST', path, { body: { attachment: 'aGk=', filename: 'a.pdf' } })).status).toBe(422);
    while (product.images.length < 250) product.images.push({ ...product.images[0]! });
    expect((await call('POST', path, { body: { src: 'https://example.com/a.png' } })).json).toMatchObject({
      description: 'Product is not allowed to have more than 250 images',
    });
  });
});
